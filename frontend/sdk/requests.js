/** What the ways without a websocket share: requests that end with this side, and what their refusals mean. */

import { CLOSE } from "./closes.js";

const CODES = { 401: CLOSE.UNAUTHENTICATED, 403: CLOSE.SUSPENDED };

/** The server refused; `code` is the close code that says the same. */
export class NotServed extends Error {
  constructor(status) {
    super(`answered ${status}`);
    this.code = CODES[status] ?? CLOSE.ABNORMAL;
  }
}

/** @returns {string} a position as addresses and `Last-Event-ID` have it */
export function written({ epoch, seq }) {
  return `${epoch}.${seq}`;
}

/** @returns {{epoch: string, seq: number} | null} */
export function read(text) {
  const [epoch, seq] = text.split(".");
  return seq ? { epoch, seq: Number(seq) } : null;
}

/**
 * Ask for something that moves.
 * @param {URL} url
 * @param {Record<string, string | undefined>} query members without a value are left out
 * @param {{fetch: typeof globalThis.fetch, headers: Record<string, string>, signal: AbortSignal}} how
 * @throws {NotServed}
 */
export async function get(url, query, { fetch, headers, signal }) {
  const to = new URL(url);
  for (const [name, value] of Object.entries(query)) if (value) to.searchParams.set(name, value);
  const answer = await fetch(to, { headers, signal, cache: "no-store", credentials: "same-origin" });
  if (!answer.ok) throw new NotServed(answer.status);
  return answer;
}
