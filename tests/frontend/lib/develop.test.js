/** What the edits make of known pixels. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { through, toCode, toLight } from "../../../frontend/static/js/lib/curves.js";
import { colour, reach, recipe, sharpened } from "../../../frontend/static/js/lib/develop.js";
import { UNTOUCHED } from "../../../frontend/static/js/lib/edits.js";
import { LOOKS } from "../../../frontend/static/js/lib/looks.js";

const WIDE = { width: 1_000, height: 1_000 }; // one pixel of it is far from the vignette's corners
const EVERY = Uint8ClampedArray.from({ length: 1_024 }, (_, at) => (at % 4 === 3 ? 255 : at >> 2));

function made(pixel, edits, { top = 0, photo = WIDE } = {}) {
  const pixels = Uint8ClampedArray.from(pixel);
  colour(pixels, top, photo, recipe({ ...UNTOUCHED, ...edits }));
  return [...pixels];
}

const grey = (value) => [value, value, value, 255];

test("an untouched photo keeps each of its values", () => {
  assert.deepEqual(made(EVERY, {}), [...EVERY]);
});

test("half a slider of exposure is one stop of light", () => {
  const one = Math.round(255 * toCode(2 * toLight(100 / 255)));

  assert.deepEqual(made(grey(100), { exposure: 50 }), grey(one));
  assert.equal(one, 138);
});

test("contrast at its end is the smoothstep, and at its other end as flat as it gets", () => {
  assert.deepEqual([64, 128, 191].map((value) => made(grey(value), { contrast: 100 })[0]), [40, 128, 215]);
  assert.deepEqual([0, 64, 191, 255].map((value) => made(grey(value), { contrast: -100 })[0]), [0, 88, 167, 255]);
});

test("shadows lift what is dark, and leave black, white and most of what is light", () => {
  assert.deepEqual([0, 64, 191, 255].map((value) => made(grey(value), { shadows: 100 })[0]), [0, 100, 203, 255]);
});

test("highlights lower what is light, and leave black and white", () => {
  assert.deepEqual([0, 64, 191, 255].map((value) => made(grey(value), { highlights: -100 })[0]), [0, 52, 155, 255]);
});

test("warmth gives red what it takes from blue, and leaves grey as light as it was", () => {
  const [red, green, blue] = made(grey(128), { warmth: 100 });
  const light = [red, green, blue].reduce((sum, code, at) => sum + toLight(code / 255) * [0.2126, 0.7152, 0.0722][at], 0);

  assert.deepEqual([red, green, blue], [137, 126, 114]);
  assert.ok(Math.abs(light - toLight(128 / 255)) < 0.003);
});

test("no saturation is BT.709's luma", () => {
  assert.deepEqual(made([200, 100, 50, 255], { saturation: -100 }), grey(118)); // 42.5 + 71.5 + 3.6
});

test("saturation keeps grey grey, and takes colours apart", () => {
  assert.deepEqual(made(grey(90), { saturation: 100 }), grey(90));
  assert.deepEqual(made([150, 100, 100, 255], { saturation: 100 }), [189, 89, 89, 255]);
});

test("a vignette darkens a corner and not the middle", () => {
  const photo = { width: 3, height: 3 };
  const rows = made(Array.from({ length: 9 }, () => grey(200)).flat(), { vignette: 100 }, { photo });

  assert.deepEqual(rows.filter((_, at) => at % 4 === 0), [170, 193, 170, 193, 200, 193, 170, 193, 170]);
});

test("a vignette in bands is the one of the whole", () => {
  const photo = { width: 2, height: 4 };
  const whole = made(Array.from({ length: 8 }, () => grey(200)).flat(), { vignette: 60 }, { photo });
  const bands = [0, 2].map((top) => made(Array.from({ length: 4 }, () => grey(200)).flat(), { vignette: 60 }, { photo, top }));

  assert.deepEqual(bands.flat(), whole);
});

test("a filter at no strength is none", () => {
  assert.deepEqual(made(EVERY, { filter: "ember", strength: 0 }), [...EVERY]);
});

test("half a filter is half way", () => {
  const [none, all, half] = [0, 100, 50].map((strength) => made(grey(128), { filter: "lantern", strength }));

  assert.deepEqual(half.map((value, at) => Math.abs(value - (none[at] + all[at]) / 2) <= 1), [true, true, true, true]);
});

test("what two filters make of a skin tone", () => {
  assert.deepEqual(made([224, 172, 145, 255], { filter: "salt" }), grey(185));
  assert.deepEqual(made([224, 172, 145, 255], { filter: "drift" }), [205, 173, 155, 255]);
});

test("a filter that this version does not know is none", () => {
  assert.deepEqual(made(grey(77), { filter: "sepia" }), grey(77));
});

test("there are a dozen filters", () => {
  assert.equal(Object.keys(LOOKS).length - 1, 12);
});

test("no filter turns light into dark", () => {
  for (const [name, { curves }] of Object.entries(LOOKS)) {
    for (const points of curves) {
      const curve = through(points);
      const values = Array.from({ length: 256 }, (_, at) => curve(at / 255));
      assert.ok(values.every((value, at) => at === 0 || value >= values[at - 1] - 1e-9), name);
    }
  }
});

test("a curve goes through its points", () => {
  const points = [[0, 0.1], [0.3, 0.35], [0.7, 0.6], [1, 0.9]];

  assert.deepEqual(points.map(([x]) => Math.round(through(points)(x) * 1e6) / 1e6), [0.1, 0.35, 0.6, 0.9]);
});

test("sharpening makes an edge steeper and leaves what is even", () => {
  const row = [100, 100, 100, 120, 120, 120].flatMap(grey);
  const pixels = Uint8ClampedArray.from([row, row, row].flat());

  const done = sharpened(pixels, { width: 6, first: 1, count: 1, far: 1 }, recipe({ ...UNTOUCHED, sharpness: 100 }));

  assert.deepEqual([...done].filter((_, at) => at % 4 === 0), [100, 100, 92, 128, 120, 120]);
});

test("sharpening looks as far in a large photo as it does in a small one", () => {
  const how = recipe({ ...UNTOUCHED, sharpness: 50 });

  assert.deepEqual([800, 1_600, 6_000].map((width) => reach({ width, height: 600 }, how)), [1, 1, 4]);
  assert.equal(reach(WIDE, recipe(UNTOUCHED)), 0);
});
