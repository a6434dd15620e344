/** A count as a reader is shown it: all of a small one, three digits of a large one. The server sends no finer changes. */

const EXACT_BELOW = 10_000; // as in core/numbers.py
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3, roundingMode: "trunc" });

/**
 * @param {number} count
 * @returns {string} "9999", "12.3K", "1.23M"
 */
export function compact(count) {
  return count < EXACT_BELOW ? String(count) : short.format(count);
}
