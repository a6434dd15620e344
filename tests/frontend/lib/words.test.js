/** What is said before anything is sent. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { counted } from "../../../frontend/static/js/lib/caption.js";
import { isVideo, refusal } from "../../../frontend/static/js/lib/limits.js";

const MOST = { photoBytes: 25 * 1024 ** 2, videoBytes: 100 * 1024 ** 2 };

test("people and hashtags are counted each once, as the server finds them", () => {
  const text = "With @ana, @Ana and @ben.b. #Sea #sea #été #7 #7up x#no me@example.org https://x.org/@top";

  assert.deepEqual(counted(text), { characters: [...text].length, people: 2, tags: 3 });
});

test("a picture of many code units is one character", () => {
  assert.equal(counted(" 🌊🌊 ").characters, 2);
});

test("a photo within the limit is taken, and one over it told with its size", () => {
  const photo = (size) => ({ name: "sea.jpg", type: "image/jpeg", size });

  assert.equal(refusal(photo(25 * 1024 ** 2), MOST), "");
  assert.equal(refusal(photo(25 * 1024 ** 2 + 1), MOST), "sea.jpg has 26 MB; the limit is 25 MB.");
});

test("a video may be larger than a photo", () => {
  assert.equal(refusal({ name: "sea.mp4", type: "video/mp4", size: 90 * 1024 ** 2 }, MOST), "");
});

test("what is neither is refused by name", () => {
  const refused = refusal({ name: "tax.pdf", type: "application/pdf", size: 9 }, MOST);

  assert.equal(refused, "tax.pdf is neither a photo nor a video that can be shared.");
});

test("a file whose type the browser does not know is known by its name", () => {
  assert.equal(refusal({ name: "IMG_1.HEIC", type: "", size: 9 }, MOST), "");
  assert.deepEqual(["a.MOV", "a.heic", "a"].map((name) => isVideo({ name, type: "" })), [true, false, false]);
});
