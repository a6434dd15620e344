/** A count as a reader is shown it: all of a small one, three digits of a large one. The server sends no finer changes. */

import { _, fill } from "./gettext.js";

const EXACT_BELOW = 10_000; // as in core/numbers.py, whose words these are, too
const DIGITS = 3;

/**
 * @param {number} count
 * @returns {string} "9999", "12.3K", "1.23M"
 */
export function compact(count) {
  if (count < EXACT_BELOW) return String(count);
  if (count >= 1e9) return fill(_("%(count)sB"), { count: cut(count, 1e9) });
  if (count >= 1e6) return fill(_("%(count)sM"), { count: cut(count, 1e6) });
  return fill(_("%(count)sK"), { count: cut(count, 1e3) });
}

// Cut off, not rounded: nobody is shown a like that was not given.
function cut(count, size) {
  const step = 10 ** (String(count).length - DIGITS);
  const point = globalThis.django?.get_format("DECIMAL_SEPARATOR") ?? ".";
  return String((Math.trunc(count / step) * step) / size).replace(".", point);
}
