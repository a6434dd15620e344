/** Colours by the edits: pure functions over bytes, row by row, so that a large photo can be done in bands. */

import { STEPS, clamp, table, through, toCode, toLight } from "./curves.js";
import { IDENTITY, LOOKS, LUMA, saturate } from "./looks.js";

const STOPS = 2; // of exposure at either end of its slider
const WARMTH = 0.2; // red gains as much light at the end of the slider, blue loses it
const VIGNETTE = 0.75; // darkness in the corners at the end of the slider
const SHARPNESS = 1.5;
const RADIUS_SIDE = 1_600; // one pixel of sharpening at this size: what is seen is the same at each

/**
 * What is done to each pixel, worked out once.
 * @param {object} edits see edits.js
 */
export function recipe(edits) {
  const look = LOOKS[edits.filter] ?? LOOKS.none;
  const strength = edits.strength / 100;
  return {
    tone: tones(edits),
    matrix: times(mixed(look.matrix, IDENTITY, strength), saturate(1 + edits.saturation / 100)),
    finish: look.curves.map((points) => finished(through(points), strength)),
    vignette: (edits.vignette / 100) * VIGNETTE,
    sharpness: (edits.sharpness / 100) * SHARPNESS,
  };
}

/**
 * Change the colours of some whole rows, in place.
 * @param {Uint8ClampedArray} pixels RGBA
 * @param {number} top which row of the photo the first one is
 * @param {{width: number, height: number}} photo
 */
export function colour(pixels, top, { width, height }, { tone: [red, green, blue], matrix, finish, vignette }) {
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = matrix;
  const far = (width / 2) ** 2 + (height / 2) ** 2;
  for (let at = 0, pixel = 0; at < pixels.length; at += 4, pixel += 1) {
    const r = red[pixels[at]];
    const g = green[pixels[at + 1]];
    const b = blue[pixels[at + 2]];
    let light = 1;
    if (vignette) {
      const x = (pixel % width) + 0.5 - width / 2;
      const y = top + Math.floor(pixel / width) + 0.5 - height / 2;
      light = 1 - vignette * ((x * x + y * y) / far) ** 2;
    }
    pixels[at] = light * finish[0][step(rr * r + rg * g + rb * b)];
    pixels[at + 1] = light * finish[1][step(gr * r + gg * g + gb * b)];
    pixels[at + 2] = light * finish[2][step(br * r + bg * g + bb * b)];
  }
}

/** How many rows above and below a band its sharpening looks at. */
export function reach({ width, height }, { sharpness }) {
  return sharpness ? Math.max(1, Math.round(Math.max(width, height) / RADIUS_SIDE)) : 0;
}

/**
 * Sharpen rows by their lightness alone (colours would get fringes): an unsharp mask with the binomial 3x3 kernel.
 * @param {Uint8ClampedArray} pixels rows, with `far` more above and below where the photo has them
 * @param {{width: number, first: number, count: number, far: number}} rows which of them are wanted
 * @returns {Uint8ClampedArray} the wanted rows
 */
export function sharpened(pixels, { width, first, count, far }, { sharpness }) {
  const last = pixels.length / 4 / width - 1;
  const lights = lightness(pixels);
  const wanted = pixels.slice(first * width * 4, (first + count) * width * 4);
  for (let row = 0; row < count; row += 1) {
    const here = (first + row) * width;
    const above = Math.max(0, first + row - far) * width;
    const below = Math.min(last, first + row + far) * width;
    for (let x = 0; x < width; x += 1) {
      const left = Math.max(0, x - far);
      const right = Math.min(width - 1, x + far);
      const soft =
        (lights[above + left] + 2 * lights[above + x] + lights[above + right] +
          2 * lights[here + left] + 4 * lights[here + x] + 2 * lights[here + right] +
          lights[below + left] + 2 * lights[below + x] + lights[below + right]) / 16;
      const more = sharpness * (lights[here + x] - soft);
      const at = (row * width + x) * 4;
      for (let channel = at; channel < at + 3; channel += 1) wanted[channel] += more;
    }
  }
  return wanted;
}

function step(value) {
  return value <= 0 ? 0 : value >= 1 ? STEPS - 1 : (value * (STEPS - 1) + 0.5) | 0;
}

function lightness(pixels) {
  const lights = new Float32Array(pixels.length / 4);
  for (let at = 0, pixel = 0; at < pixels.length; at += 4, pixel += 1) {
    lights[pixel] = LUMA[0] * pixels[at] + LUMA[1] * pixels[at + 1] + LUMA[2] * pixels[at + 2];
  }
  return lights;
}

/** A table a channel: light first (exposure, warmth), then the three curves, none of which ever turns back. */
function tones({ exposure, warmth, contrast, highlights, shadows }) {
  const warm = (warmth / 100) * WARMTH;
  const gains = [1 + warm, 1, 1 - warm];
  const grey = gains.reduce((sum, gain, at) => sum + gain * LUMA[at], 0); // so that grey stays as light as it was
  return gains.map((gain) =>
    table((code) => {
      const lit = clamp(toCode((toLight(code) * 2 ** ((exposure / 100) * STOPS) * gain) / grey));
      const raised = lit + (shadows / 100) * lit * (1 - lit) ** 2 + (highlights / 100) * lit ** 2 * (1 - lit);
      return raised + (contrast / 100) * raised * (1 - raised) * (2 * raised - 1); // 100 is the smoothstep
    }),
  );
}

function finished(curve, strength) {
  return table((code) => code + (curve(code) - code) * strength).map((value) => value * (STEPS - 1));
}

function mixed(one, other, strength) {
  return one.map((value, at) => other[at] + (value - other[at]) * strength);
}

function times(one, other) {
  return one.map((_, at) => {
    const [row, column] = [at - (at % 3), at % 3];
    return one[row] * other[column] + one[row + 1] * other[column + 3] + one[row + 2] * other[column + 6];
  });
}
