/** How one value becomes another: transfer functions, curves through points, and tables of them. Values are 0 to 1. */

export const STEPS = 256; // values of an 8-bit channel

/** From sRGB's code to light, and back (IEC 61966-2-1). Display P3 has the same. */
export const toLight = (code) => (code <= 0.04045 ? code / 12.92 : ((code + 0.055) / 1.055) ** 2.4);
export const toCode = (light) => (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055);

export const clamp = (value) => Math.min(1, Math.max(0, value));

/** @returns {Float64Array} what a function makes of each value that a channel can have */
export function table(change) {
  return Float64Array.from({ length: STEPS }, (_, step) => clamp(change(step / (STEPS - 1))));
}

/**
 * A smooth curve that overshoots nowhere: cubic between the points, with the slopes of Fritsch and Butland (1984).
 * @param {number[][]} points [from, to], ascending, at 0 and 1 too
 * @returns {(value: number) => number}
 */
export function through(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const rises = xs.slice(1).map((x, at) => (ys[at + 1] - ys[at]) / (x - xs[at]));
  const slopes = xs.map((_, at) => slope(rises[at - 1] ?? rises[at], rises[at] ?? rises[at - 1]));
  return (value) => {
    const at = Math.min(rises.length - 1, Math.max(0, xs.findLastIndex((x) => x <= value)));
    const width = xs[at + 1] - xs[at];
    const t = (value - xs[at]) / width;
    return (
      ys[at] * (1 + 2 * t) * (1 - t) ** 2 +
      slopes[at] * width * t * (1 - t) ** 2 +
      ys[at + 1] * t * t * (3 - 2 * t) +
      slopes[at + 1] * width * t * t * (t - 1)
    );
  };
}

function slope(before, behind) {
  return before * behind <= 0 ? 0 : (2 * before * behind) / (before + behind);
}
