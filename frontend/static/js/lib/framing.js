/** Which part of a photo is kept, and where each of its pixels goes. Geometry alone: knows no canvas. */

import { ASPECTS } from "./edits.js";

/**
 * What is kept. It never reaches over the photo's edge: a tilted frame is as much smaller as its corners need.
 * @param {{width: number, height: number}} size of the photo, upright
 * @param {object} edits see edits.js
 * @returns {{width: number, height: number, matrix: number[]}} in the photo's pixels; the matrix as canvas takes it,
 *   from the photo to the frame
 */
export function framed(size, edits) {
  const { width, height } = across(size, edits);
  const frame = frameOf(size, edits);
  const [x, y] = middle(size, edits);
  const matrix = [
    turning(size, edits.turns),
    edits.mirrored ? [-1, 0, 0, 1, width, 0] : [1, 0, 0, 1, 0, 0],
    [1, 0, 0, 1, -x * width, -y * height],
    rotation(edits.tilt),
    [1, 0, 0, 1, frame.width / 2, frame.height / 2],
  ].reduce(after);
  return { ...frame, matrix };
}

/**
 * The same, made smaller to fit.
 * @param {{side?: number, pixels?: number}} most
 * @returns {{width: number, height: number, matrix: number[]}} whole numbers
 */
export function placed(size, edits, { side = Infinity, pixels = Infinity }) {
  const { width, height, matrix } = framed(size, edits);
  const scale = Math.min(1, side / width, side / height, Math.sqrt(pixels / (width * height)));
  const fitted = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const down = [fitted.width / width, 0, 0, fitted.height / height, 0, 0];
  return { ...fitted, matrix: after(matrix, down) };
}

/** The edits with the photo pulled along under its frame, by parts of the frame, as far as its edge allows. */
export function moved(size, edits, across_, down) {
  const { width, height } = across(size, edits);
  const frame = frameOf(size, edits);
  const [a, b, c, d] = rotation(-edits.tilt);
  const [dx, dy] = [across_ * frame.width, down * frame.height];
  const wanted = { ...edits, x: edits.x - (a * dx + c * dy) / width, y: edits.y - (b * dx + d * dy) / height };
  const [x, y] = middle(size, wanted);
  return { ...wanted, x, y };
}

function across({ width, height }, { turns }) {
  return turns % 2 ? { width: height, height: width } : { width, height };
}

function frameOf(size, edits) {
  const { width, height } = across(size, edits);
  const aspect = ASPECTS[edits.aspect] ?? width / height;
  const [cos, sin] = leaning(edits.tilt);
  const kept = Math.min(width / (cos + sin / aspect), height / (sin + cos / aspect)) / edits.zoom;
  return { width: kept, height: kept / aspect };
}

/** Where the frame's middle may be, nearest to where it is wanted: in parts of the photo. */
function middle(size, edits) {
  const { width, height } = across(size, edits);
  const frame = frameOf(size, edits);
  const [cos, sin] = leaning(edits.tilt);
  const half = [
    (frame.width * cos + frame.height * sin) / width / 2,
    (frame.width * sin + frame.height * cos) / height / 2,
  ];
  return [clamp(edits.x, half[0]), clamp(edits.y, half[1])];
}

function clamp(value, half) {
  return half >= 0.5 ? 0.5 : Math.min(1 - half, Math.max(half, value));
}

function leaning(degrees) {
  const angle = (Math.abs(degrees) * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)];
}

function rotation(degrees) {
  const angle = (degrees * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0];
}

function turning({ width, height }, turns) {
  return [[1, 0, 0, 1, 0, 0], [0, 1, -1, 0, height, 0], [-1, 0, 0, -1, width, height], [0, -1, 1, 0, 0, width]][turns];
}

/** One matrix that does the first and then the second. */
function after([a, b, c, d, e, f], [p, q, r, s, t, u]) {
  return [p * a + r * b, q * a + s * b, p * c + r * d, q * c + s * d, p * e + r * f + t, q * e + s * f + u];
}
