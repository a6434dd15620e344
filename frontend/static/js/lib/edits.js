/** What was done to a photo: one small plain object, kept beside the file. The file itself stays as it was. */

/** Width over height; null is the photo's own. */
export const ASPECTS = { original: null, square: 1, portrait: 4 / 5, landscape: 1.91 };
export const MAX_ZOOM = 4;
export const MAX_TILT = 25; // degrees

/** From -100 to 100, and from 0 where less than nothing makes no sense. */
export const ADJUSTMENTS = ["exposure", "contrast", "warmth", "saturation", "highlights", "shadows", "vignette", "sharpness"];

export const UNTOUCHED = Object.freeze({
  aspect: "original",
  turns: 0, // quarters, clockwise
  tilt: 0, // degrees, clockwise
  mirrored: false,
  zoom: 1,
  x: 0.5, // the middle of what is kept, in parts of the turned photo
  y: 0.5,
  filter: "none",
  strength: 100, // of the filter
  ...Object.fromEntries(ADJUSTMENTS.map((name) => [name, 0])),
});

/** @returns {boolean} whether the photo is as it came */
export function isUntouched(edits) {
  const { strength, ...others } = UNTOUCHED;
  return Object.keys(others).every((key) => edits[key] === UNTOUCHED[key]);
}

/** Turn what is seen by a quarter, clockwise. */
export function turned(edits) {
  const turns = (edits.turns + (edits.mirrored ? 3 : 1)) % 4; // a mirrored photo turns the other way round
  return { ...edits, turns, x: 1 - edits.y, y: edits.x };
}

/** Mirror what is seen, left for right. */
export function mirrored(edits) {
  return { ...edits, mirrored: !edits.mirrored, x: 1 - edits.x, tilt: -edits.tilt };
}

/** Come closer, or go back, by a factor. */
export function zoomed(edits, factor) {
  return { ...edits, zoom: Math.min(MAX_ZOOM, Math.max(1, edits.zoom * factor)) };
}
