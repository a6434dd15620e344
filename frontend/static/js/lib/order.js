/** The order of ids, which grow with time. As numbers they are too big to be exact; they are texts of digits. */

/**
 * @param {string} one
 * @param {string} other "" stands for what has no id yet, and is newer than all
 * @returns {number} for `sort`, the oldest first
 */
export function byId(one, other) {
  if (!one || !other) return Number(!one) - Number(!other);
  return one.length - other.length || (one < other ? -1 : Number(one > other));
}
