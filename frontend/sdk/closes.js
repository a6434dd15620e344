/** What a close code advises. The bands are the protocol's; codes outside it come from servers and networks. */

/** The codes that mean something to a person or to this client. */
export const CLOSE = Object.freeze({
  NORMAL: 1000,
  ABNORMAL: 1006,
  RENEW_TICKET: 4112,
  UNAUTHENTICATED: 4401,
  SUSPENDED: 4403,
  TOO_MANY: 4409,
  SESSION_REVOKED: 4423,
});

/**
 * @param {number} code
 * @returns {"at-once" | "back-off" | "stop"}
 */
export function advice(code) {
  if (code >= 4000 && code < 4100) return "at-once";
  if (code >= 4400 && code < 4500) return "stop";
  return "back-off";
}
