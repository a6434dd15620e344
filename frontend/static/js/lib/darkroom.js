/** Makes the photo that is sent of a file and its edits: in a worker, or in slices on the page where there is none. */

import { colour, reach, recipe, sharpened } from "./develop.js";
import { placed } from "./framing.js";

const BAND_PIXELS = 500_000; // some 10 ms of work: between two bands the page breathes
const MOST = { pixels: 59_000_000, side: 16_383 }; // a little under what the server takes, and what WebP holds
const SMALL_CANVAS = { pixels: 16_777_216, side: 8_192 }; // what the meanest browsers still draw
const FINE_PIXELS = 4_000_000; // up to here single pixels are seen
const WEBP_PIXELS = 12_000_000; // past it WebP takes seconds, and JPEG one
const LOWEST_QUALITY = 0.5;

/** A photo that this browser cannot open (HEIC, mostly), or is out of memory for. */
export class Undeveloped extends Error {}

/**
 * @param {Blob} file
 * @param {object} edits see edits.js
 * @param {{canvas: (width: number, height: number) => OffscreenCanvas | HTMLCanvasElement, breathe?: () => Promise<void>,
 *   mostBytes?: number}} means
 * @returns {Promise<Blob>} WebP or JPEG
 * @throws {Undeveloped}
 */
export async function developed(file, edits, { canvas: make, breathe, mostBytes = Infinity }) {
  const bitmap = await opened(file);
  const drawn = await render(make(1, 1), bitmap, edits, MOST, breathe);
  const context = drawn ?? (await render(make(1, 1), bitmap, edits, SMALL_CANVAS, breathe));
  bitmap.close();
  if (!context) throw new Undeveloped("no memory");
  const blob = await encoded(context.canvas, mostBytes);
  context.canvas.width = context.canvas.height = 0; // some browsers keep the memory until told
  return blob;
}

/** @returns {Promise<ImageBitmap>} upright: EXIF is honoured */
async function opened(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new Undeveloped("not opened");
  }
}

/**
 * A photo made small, to be looked at while it is edited; the large one is let go at once.
 * @param {number} side the longest
 */
export async function reduced(file, side) {
  const bitmap = await opened(file);
  const scale = side / Math.max(bitmap.width, bitmap.height);
  if (scale >= 1) return bitmap;
  const resizeWidth = Math.max(1, Math.round(bitmap.width * scale));
  const small = await createImageBitmap(bitmap, { resizeWidth, resizeQuality: "high" });
  bitmap.close();
  return small;
}

/**
 * Draw a photo into its frame and colour it, band by band; wide colours stay wide.
 * @param {{side?: number, pixels?: number}} most
 * @returns {Promise<CanvasRenderingContext2D | null>} null if the canvas is too large for this browser
 */
export async function render(canvas, bitmap, edits, most, breathe = async () => {}) {
  const { width, height, matrix } = placed(bitmap, edits, most);
  const context = prepared(canvas, width, height);
  if (!context) return null;
  const how = recipe(edits);
  const rows = Math.max(1, Math.floor(BAND_PIXELS / width));
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top);
    draw(context, bitmap, matrix, [0, top, width, count]);
    const band = context.getImageData(0, top, width, count);
    colour(band.data, top, { width, height }, how);
    context.putImageData(band, 0, top);
    await breathe();
  }
  if (how.sharpness) await sharpen(context, how, rows, breathe);
  return context;
}

function prepared(canvas, width, height) {
  try {
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d", { colorSpace: "display-p3", willReadFrequently: true });
    context.getImageData(0, 0, 1, 1); // a canvas that is too large only fails once it is read
    context.fillStyle = "#fff"; // as the server does with what is transparent
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = "high";
    return context;
  } catch {
    return null;
  }
}

function draw(context, bitmap, matrix, band) {
  context.save();
  context.beginPath();
  context.rect(...band);
  context.clip();
  context.setTransform(...matrix);
  context.drawImage(bitmap, 0, 0);
  context.restore();
}

async function sharpen(context, how, rows, breathe) {
  const { width, height } = context.canvas;
  const far = reach({ width, height }, how);
  const most = Math.max(rows, far);
  let before = new Uint8ClampedArray(); // the rows above, as they were before they were sharpened
  for (let top = 0; top < height; top += most) {
    const first = Math.min(far, top);
    const count = Math.min(most, height - top);
    const { data } = context.getImageData(0, top - first, width, Math.min(first + count + far, height - top + first));
    data.set(before);
    const done = sharpened(data, { width, first, count, far }, how);
    before = data.slice((first + count - far) * width * 4, (first + count) * width * 4);
    context.putImageData(new ImageData(done, width, count, { colorSpace: colourSpace(context) }), 0, top);
    await breathe();
  }
}

async function encoded(canvas, mostBytes) {
  const pixels = canvas.width * canvas.height;
  const type = pixels > WEBP_PIXELS ? "image/jpeg" : "image/webp";
  for (let quality = pixels > FINE_PIXELS ? 0.85 : 0.92; ; quality -= 0.1) {
    const blob = (await encode(canvas, type, quality)) ?? (await encode(canvas, "image/jpeg", quality));
    if (!blob) throw new Undeveloped("not encoded");
    if (blob.size <= mostBytes || quality < LOWEST_QUALITY) return blob;
  }
}

/** A browser that cannot write a type writes PNG instead, which is no use here. */
async function encode(canvas, type, quality) {
  const blob = canvas.convertToBlob
    ? await canvas.convertToBlob({ type, quality }).catch(() => null)
    : await new Promise((resolve) => canvas.toBlob(resolve, type, quality));
  return blob?.type === type ? blob : null;
}

function colourSpace(context) {
  return context.getContextAttributes?.().colorSpace ?? "srgb";
}
