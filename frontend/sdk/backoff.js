/** How long to wait before the next try. Knows no socket and sets no timer. */

const FLOOR_MS = 1_000;
const CEILING_MS = 30_000;
const STABLE_AFTER_MS = 30_000;

export class Backoff {
  #tries = 0;
  #openedAt = null;
  #random;
  #now;

  /** @param {{random?: () => number, now?: () => number}} [sources] chance in [0, 1) and a clock in ms */
  constructor({ random = Math.random, now = Date.now } = {}) {
    this.#random = random;
    this.#now = now;
  }

  /** Say that a connection works. Only one that lasts makes the waits short again. */
  opened() {
    this.#openedAt = this.#now();
  }

  /**
   * The wait before the next try. The random part spreads all clients of a restarted server, instead of one wave.
   * @returns {number} ms, from 1 s to 30 s
   */
  next() {
    if (this.#openedAt !== null && this.#now() - this.#openedAt >= STABLE_AFTER_MS) this.#tries = 0;
    this.#openedAt = null;
    const spread = Math.min(CEILING_MS, FLOOR_MS * 2 ** this.#tries);
    this.#tries += 1;
    return Math.min(CEILING_MS, FLOOR_MS + this.#random() * spread);
  }
}
