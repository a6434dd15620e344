/** Which part of a photo is kept: 400 x 200 pixels, unless a test says otherwise. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { UNTOUCHED, isUntouched, mirrored, turned, zoomed } from "../../../frontend/static/js/lib/edits.js";
import { framed, moved, placed } from "../../../frontend/static/js/lib/framing.js";

const SIZE = { width: 400, height: 200 };
const edited = (edits) => ({ ...UNTOUCHED, ...edits });
const round = (value) => Math.round(value * 100) / 100 + 0;

/** Where a point of the photo comes to lie in the frame. */
function at(edits, [x, y], size = SIZE) {
  const [a, b, c, d, e, f] = framed(size, edited(edits)).matrix;
  return [round(a * x + c * y + e), round(b * x + d * y + f)];
}

function frame(edits, size = SIZE) {
  const { width, height } = framed(size, edited(edits));
  return [round(width), round(height)];
}

test("an untouched photo is kept whole and where it is", () => {
  assert.deepEqual([frame({}), at({}, [0, 0]), at({}, [400, 200])], [[400, 200], [0, 0], [400, 200]]);
});

test("each shape is as large as fits", () => {
  const frames = ["square", "portrait", "landscape"].map((aspect) => frame({ aspect }));

  assert.deepEqual(frames, [[200, 200], [160, 200], [382, 200]]);
});

test("a square is cut out of the middle", () => {
  assert.deepEqual(at({ aspect: "square" }, [100, 0]), [0, 0]);
});

test("a frame that is wanted over the edge stays at the edge", () => {
  assert.deepEqual(at({ aspect: "square", x: 2 }, [400, 0]), [200, 0]);
});

test("four quarters bring each corner round", () => {
  const corners = [0, 1, 2, 3].map((turns) => at({ turns }, [0, 0]));

  assert.deepEqual(corners, [[0, 0], [200, 0], [400, 200], [0, 400]]);
});

test("a mirrored photo has its left on the right", () => {
  assert.deepEqual(at({ mirrored: true }, [0, 0]), [400, 0]);
});

test("zoom keeps a half of the half", () => {
  assert.deepEqual([frame({ zoom: 2 }), at({ zoom: 2 }, [100, 50])], [[200, 100], [0, 0]]);
});

test("no corner of a tilted frame reaches over the photo", () => {
  for (const aspect of ["original", "square", "portrait", "landscape"]) {
    for (const tilt of [-25, -7, 3, 25]) {
      for (const [x, y] of [[0, 0], [1, 0], [0.5, 1], [1, 1]]) {
        const { width, height, matrix } = framed(SIZE, edited({ aspect, tilt, x, y }));
        for (const corner of [[0, 0], [width, 0], [0, height], [width, height]]) {
          const [left, top] = back(matrix, corner).map(round);
          assert.ok(left >= 0 && left <= 400 && top >= 0 && top <= 200, `${aspect} ${tilt}: ${left}, ${top}`);
        }
      }
    }
  }
});

test("what is pulled to the right shows more of the left", () => {
  const edits = moved(SIZE, edited({ aspect: "square" }), 0.25, 0);

  assert.deepEqual([edits.x, edits.y, at(edits, [50, 0])], [0.375, 0.5, [0, 0]]);
});

test("a photo cannot be pulled out of its frame", () => {
  assert.equal(moved(SIZE, edited({ aspect: "square" }), -9, 0).x, 0.75);
});

test("a tilted photo follows the finger, not its own axes", () => {
  const before = edited({ zoom: 3, tilt: 20 });
  const { width, height } = framed(SIZE, before);

  const after = moved(SIZE, before, 0.1, 0.05);

  const [x, y] = at(before, [200, 100]);
  assert.deepEqual(at(after, [200, 100]), [round(x + width * 0.1), round(y + height * 0.05)]);
});

test("turning keeps in the middle what is there", () => {
  for (const start of [{}, { mirrored: true }, { turns: 3, tilt: 5 }]) {
    const before = edited({ zoom: 4, x: 0.3, y: 0.4, ...start });
    const inside = back(framed(SIZE, before).matrix, half(before));
    const after = turned(before);
    assert.deepEqual(at(after, inside), half(after).map(round));
  }
});

test("mirroring keeps in the middle what is there, and the tilt as it looks in a mirror", () => {
  const before = edited({ zoom: 4, x: 0.3, y: 0.4, turns: 1, tilt: 5 });
  const { width } = framed(SIZE, before);
  const [x, y] = at(before, [90, 80]);

  assert.deepEqual(at(mirrored(before), [90, 80]), [round(width - x), y]);
});

test("four turns, and two mirrors, are none", () => {
  const turns = [1, 2, 3, 4].reduce(turned, edited({ x: 0.25 }));

  assert.deepEqual([turns, mirrored(mirrored(turns))], [edited({ x: 0.25 }), edited({ x: 0.25 })]);
});

test("zoom has its ends", () => {
  assert.deepEqual([zoomed(UNTOUCHED, 99).zoom, zoomed(UNTOUCHED, 0.1).zoom], [4, 1]);
});

test("a photo that is too large for a canvas is made smaller, by side or by pixels", () => {
  const bySide = placed(SIZE, UNTOUCHED, { side: 100 });
  const byPixels = placed(SIZE, UNTOUCHED, { pixels: 20_000 });

  assert.deepEqual(bySide, { width: 100, height: 50, matrix: [0.25, 0, 0, 0.25, 0, 0] });
  assert.deepEqual([byPixels.width, byPixels.height], [200, 100]);
});

test("a strength without a filter is no change", () => {
  assert.deepEqual([edited({ strength: 40 }), edited({ tilt: 1 })].map(isUntouched), [true, false]);
});

function half(edits) {
  const { width, height } = framed(SIZE, edits);
  return [width / 2, height / 2];
}

function back([a, b, c, d, e, f], [x, y]) {
  const area = a * d - b * c;
  return [(d * (x - e) - c * (y - f)) / area, (a * (y - f) - b * (x - e)) / area];
}
