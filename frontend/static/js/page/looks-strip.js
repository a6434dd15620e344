/** The photo in small under each filter, to choose by. */

import { render } from "../lib/darkroom.js";

const SIDE = 128;

/**
 * @param {NodeListOf<HTMLCanvasElement>} canvases each with its `data-look`
 * @param {ImageBitmap} bitmap
 * @param {object} edits
 */
export async function showLooks(canvases, bitmap, edits) {
  for (const canvas of canvases) {
    const look = { ...edits, aspect: "square", filter: canvas.dataset.look, strength: 100 };
    await render(canvas, bitmap, look, { side: SIDE });
  }
}
