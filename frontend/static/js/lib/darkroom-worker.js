/** The darkroom in a thread of its own. One photo a message; answers { blob } or { failed }. */

import { developed } from "./darkroom.js";

addEventListener("message", async ({ data: { file, edits, mostBytes } }) => {
  try {
    const canvas = (width, height) => new OffscreenCanvas(width, height);
    postMessage({ blob: await developed(file, edits, { canvas, mostBytes }) });
  } catch (error) {
    postMessage({ failed: error.message });
  }
});
