/**
 * The filters: a matrix over the three channels, then a curve for each. Our own, named after the water and its lights.
 *
 * Where the numbers come from: grey is weighed by BT.709's luma (0.2126, 0.7152, 0.0722); "saturate" is the matrix that
 * Filter Effects (W3C) gives for it. The points of the curves were set by eye on the photos of the demo: a lifted black
 * looks faded, a lowered white soft, and red and blue that part ways at the ends tint shadows against lights.
 */

export const LUMA = [0.2126, 0.7152, 0.0722];
export const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** @returns {number[]} rows of red, green and blue: 0 is grey, 1 as it was, more is more */
export function saturate(amount) {
  return IDENTITY.map((one, at) => LUMA[at % 3] * (1 - amount) + one * amount);
}

const STRAIGHT = [[0, 0], [1, 1]];
const same = (points) => [points, points, points];

export const LOOKS = {
  none: { matrix: IDENTITY, curves: same(STRAIGHT) },
  // Clear and bright, as at noon.
  tide: { matrix: saturate(1.15), curves: same([[0, 0], [0.25, 0.22], [0.75, 0.8], [1, 1]]) },
  lagoon: {
    matrix: saturate(1.1),
    curves: [
      [[0, 0], [0.5, 0.46], [1, 0.98]],
      [[0, 0.02], [0.5, 0.52], [1, 1]],
      [[0, 0.05], [0.5, 0.55], [1, 1]],
    ],
  },
  coral: {
    matrix: saturate(1.2),
    curves: [
      [[0, 0.02], [0.5, 0.56], [1, 1]],
      [[0, 0], [0.5, 0.5], [1, 0.98]],
      [[0, 0.03], [0.5, 0.48], [1, 0.94]],
    ],
  },
  // Warm, as by lamps.
  lantern: {
    matrix: saturate(0.95),
    curves: [
      [[0, 0.04], [0.5, 0.57], [1, 1]],
      [[0, 0.02], [0.5, 0.51], [1, 0.97]],
      [[0, 0], [0.5, 0.41], [1, 0.86]],
    ],
  },
  ember: {
    matrix: saturate(1.05),
    curves: [
      [[0, 0], [0.25, 0.26], [0.75, 0.84], [1, 1]],
      [[0, 0], [0.25, 0.2], [0.75, 0.74], [1, 0.97]],
      [[0, 0.04], [0.25, 0.2], [0.75, 0.64], [1, 0.88]],
    ],
  },
  // Faded, as an old print.
  drift: { matrix: saturate(0.8), curves: same([[0, 0.1], [0.5, 0.53], [1, 0.93]]) },
  shell: {
    matrix: saturate(0.75),
    curves: [
      [[0, 0.09], [0.5, 0.57], [1, 0.98]],
      [[0, 0.08], [0.5, 0.54], [1, 0.95]],
      [[0, 0.1], [0.5, 0.53], [1, 0.92]],
    ],
  },
  // Cool and deep.
  kelp: {
    matrix: saturate(0.85),
    curves: [
      [[0, 0.01], [0.5, 0.46], [1, 0.95]],
      [[0, 0.04], [0.5, 0.52], [1, 0.98]],
      [[0, 0.03], [0.5, 0.46], [1, 0.9]],
    ],
  },
  dusk: {
    matrix: saturate(0.9),
    curves: [
      [[0, 0.05], [0.25, 0.22], [0.75, 0.76], [1, 1]],
      [[0, 0.02], [0.25, 0.2], [0.75, 0.7], [1, 0.95]],
      [[0, 0.12], [0.25, 0.31], [0.75, 0.74], [1, 0.92]],
    ],
  },
  abyss: {
    matrix: saturate(0.7),
    curves: [
      [[0, 0], [0.25, 0.15], [0.75, 0.72], [1, 0.96]],
      [[0, 0.01], [0.25, 0.19], [0.75, 0.77], [1, 0.98]],
      [[0, 0.05], [0.25, 0.27], [0.75, 0.81], [1, 1]],
    ],
  },
  // Without colour.
  salt: { matrix: saturate(0), curves: same([[0, 0.06], [0.5, 0.54], [1, 0.97]]) },
  ink: { matrix: saturate(0), curves: same([[0, 0], [0.25, 0.15], [0.75, 0.85], [1, 1]]) },
};
