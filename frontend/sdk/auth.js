/** How this client proves who it is, and until when that holds. Opens no connection but the one for a ticket. */

import { CLOSE } from "./closes.js";

const MARGIN_MS = 60_000; // before the end; of a shorter life a quarter is kept
const AGAIN_MS = 5_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const TICKET = "/api/v1/realtime/ticket";
const STOPS = { 401: CLOSE.UNAUTHENTICATED, 403: CLOSE.SUSPENDED };

/** The server will give no ticket; `code` is the close code that says the same. */
export class Refused extends Error {
  constructor(status) {
    super(`no ticket: ${status}`);
    this.code = STOPS[status];
  }
}

export class Auth {
  #how;
  #token;
  #ticket;
  #fresh = false;
  #timer = null;

  /**
   * @param {object} options
   * @param {"cookie" | "bearer" | "ticket"} [options.auth] what the greeting rests on
   * @param {string | (() => string)} [options.token] a bearer token
   * @param {() => Promise<string>} [options.ticket] fetches a fresh one; by default with the token. It rejects with an
   *   error whose `status` is 401 or 403 when there is none for this person
   * @param {URL} options.site where tickets are asked for by default
   */
  constructor({ auth, token, ticket, site }) {
    this.#token = token;
    this.#how = auth ?? (ticket ? "ticket" : usual(token));
    this.#ticket = ticket ?? (token ? () => fetchTicket(new URL(TICKET, site), this.#bearer()) : null);
  }

  /** @returns {Record<string, string>} for the handshake and for requests, where headers can be sent */
  headers() {
    return this.#how === "bearer" ? this.#bearer() : {};
  }

  /** The member `auth` of `hello`; undefined where cookie or header speak. @throws {Error} when there is no ticket */
  async greeting() {
    if (this.#how !== "ticket" && !(this.#fresh && this.#ticket)) return undefined;
    const ticket = await this.#ticket().catch((error) => {
      throw error.status in STOPS ? new Refused(error.status) : error;
    });
    this.#fresh = false;
    return { ticket };
  }

  /** What proved it so far is over: the next greeting brings a fresh ticket, if there are any. */
  expired() {
    this.#fresh = true;
  }

  /** Call `renew` with a fresh ticket in time before the end. */
  until(expires, renew) {
    this.stop();
    const left = Date.parse(expires ?? "") - Date.now();
    if (!this.#ticket || Number.isNaN(left)) return;
    const wait = left - Math.min(MARGIN_MS, left / 4);
    if (wait > LONGEST_TIMER_MS) this.#timer = setTimeout(() => this.until(expires, renew), LONGEST_TIMER_MS);
    else this.#timer = setTimeout(() => this.renew(renew), wait);
  }

  /** Call `renew` with a fresh ticket now; again after a while if there is none yet. */
  async renew(renew) {
    this.stop();
    if (!this.#ticket) return;
    const turn = (this.#timer = setTimeout(() => this.renew(renew), AGAIN_MS));
    const ticket = await this.#ticket().catch(() => null);
    if (ticket === null || turn !== this.#timer) return;
    this.stop();
    renew(ticket);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #bearer() {
    return { Authorization: `Bearer ${typeof this.#token === "function" ? this.#token() : this.#token}` };
  }
}

// Only outside browsers can a websocket's handshake carry a header.
function usual(token) {
  if (!token) return "cookie";
  return globalThis.document === undefined ? "bearer" : "ticket";
}

async function fetchTicket(url, headers) {
  const answer = await fetch(url, { method: "POST", headers });
  if (!answer.ok) throw Object.assign(new Error("no ticket"), { status: answer.status });
  return (await answer.json()).ticket;
}
