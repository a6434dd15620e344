/** What a close code advises. The bands are the protocol's; codes outside it come from servers and networks. */

/**
 * @param {number} code
 * @returns {"at-once" | "back-off" | "stop"}
 */
export function advice(code) {
  if (code >= 4000 && code < 4100) return "at-once";
  if (code >= 4400 && code < 4500) return "stop";
  return "back-off";
}
