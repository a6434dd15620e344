/** The REST interface for this page, and patience with it. */

import { Api } from "../lib/api.js";
import { live } from "./live.js";

const RETRY_MS = 5_000;

export const api = new Api({ cookies: () => document.cookie });

/** Wait until another try makes sense: the line is back, the network is, or some time has passed. */
export function untilBack() {
  return new Promise((resolve) => {
    const over = new AbortController();
    const { signal } = over;
    const back = () => {
      over.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(back, RETRY_MS);
    addEventListener("online", back, { signal });
    live.addEventListener("state", ({ detail }) => detail.state === "open" && back(), { signal });
  });
}

/**
 * Do it until the server has answered.
 * @template T
 * @param {() => Promise<T>} action harmless when repeated
 * @returns {Promise<T>}
 * @throws {import("../lib/api.js").ApiError} when trying again cannot help
 */
export async function insist(action) {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!error.retryable) throw error;
      await untilBack();
    }
  }
}
