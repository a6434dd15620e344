/** Which way to the server: the websocket, or what comes through where it does not. Opens what it is told to. */

const TRIES = 3;
const AGAIN_AFTER_MS = 60_000;

export class Ways {
  #ways;
  #now;
  #at = 0;
  #failures = 0;
  #sure = false;
  #since;

  /**
   * @param {((on: object) => object)[]} ways each opens one connection; the first is the best
   * @param {() => number} [now] a clock in ms
   */
  constructor(ways, now = Date.now) {
    this.#ways = ways;
    this.#now = now;
    this.#since = now();
  }

  /** Open a connection the present way. */
  open(on) {
    return this.#ways[this.#at](on);
  }

  /** The server answered on it. */
  worked() {
    this.#sure = true;
    this.#failures = 0;
  }

  /** It ended without an answer. A websocket that worked once is never doubted: then it is the server that is away. */
  failed() {
    if (this.#sure && this.#at === 0) return;
    this.#failures += 1;
    if (this.#failures >= TRIES) this.#take((this.#at + 1) % this.#ways.length);
  }

  /** The network may be another one now: a detour that was taken long ago may not be needed. @returns {boolean} */
  better() {
    if (this.#at === 0 || this.#now() - this.#since < AGAIN_AFTER_MS) return false;
    this.#take(0);
    return true;
  }

  #take(at) {
    this.#at = at;
    this.#failures = 0;
    this.#sure = false;
    this.#since = this.#now();
  }
}
