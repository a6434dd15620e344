/** The REST interface from a page of the same site. Draws no error: it throws them. */

import { _ } from "./gettext.js";

const BASE = "/api/v1";
const TIMEOUT_MS = 10_000;
const NOT_ANSWERED = 0;
const UNAVAILABLE = 503;

/** What the server, or the lack of one, answered instead. */
export class ApiError extends Error {
  /** @param {{status: number, title: string, detail?: string, field?: string}} problem after RFC 9457 */
  constructor({ status, title, detail = "", field = "" }) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.field = field;
  }

  /** Whether the same request may succeed later. It may also have succeeded already. */
  get retryable() {
    return this.status === NOT_ANSWERED || this.status === UNAVAILABLE;
  }
}

export class Api {
  #cookies;
  #timeoutMs;

  /** @param {{cookies: () => string, timeoutMs?: number}} options */
  constructor({ cookies, timeoutMs = TIMEOUT_MS }) {
    this.#cookies = cookies;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Ask and give the answer's JSON; null when it has none.
   * @param {string} method
   * @param {string} path below /api/v1
   * @param {object} [options]
   * @param {object} [options.body] sent as JSON
   * @param {string} [options.key] the same key again means the same action, not another one
   * @param {boolean} [options.keepalive] get through though the page goes
   * @throws {ApiError}
   */
  async ask(method, path, { body, key = crypto.randomUUID(), keepalive = false } = {}) {
    const answer = await this.fetch(BASE + path, {
      method,
      headers: this.headers(method, key, body !== undefined),
      body: body && JSON.stringify(body),
      keepalive,
    });
    return answer.status === 204 ? null : answer.json();
  }

  /** `fetch` with a time limit that fails as everything here does. */
  async fetch(url, options = {}) {
    const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(this.#timeoutMs) }).catch(() => null);
    if (!answer) throw new ApiError({ status: NOT_ANSWERED, title: _("The server did not answer.") });
    if (!answer.ok) throw new ApiError(await problem(answer));
    return answer;
  }

  /** The headers of an unsafe request; whoever sends files needs them alone. */
  headers(method, key, json) {
    const headers = { Accept: "application/json" };
    if (json) headers["Content-Type"] = "application/json";
    if (method === "GET") return headers;
    return { ...headers, "X-CSRFToken": this.token, "Idempotency-Key": key };
  }

  /** @returns {string} the cookie that unsafe requests repeat */
  get token() {
    return /(?:^|;\s*)csrftoken=([^;]*)/.exec(this.#cookies())?.[1] ?? "";
  }
}

async function problem(answer) {
  const told = await answer.json().catch(() => ({})); // a proxy's error page is no problem document
  return { title: answer.statusText || _("Something went wrong."), ...told, status: answer.status };
}
