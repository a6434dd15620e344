/** Acts that can be taken back for a while, and are done at once when the page goes. */

const waiting = new Set();

addEventListener("pagehide", () => waiting.forEach((regret) => regret.act()));

export class Regret {
  #act;
  #timer;

  /**
   * @param {() => unknown} act must get through though its page goes: see `keepalive` of `fetch`
   * @param {number} [afterMs] until it is done; without it somebody calls `act`
   */
  constructor(act, afterMs) {
    this.#act = act;
    this.#timer = afterMs && setTimeout(() => this.act(), afterMs);
    waiting.add(this);
  }

  /** Do it now, unless it is done or taken back. */
  act() {
    if (this.undo()) this.#act();
  }

  /** Take it back. @returns {boolean} whether that came in time */
  undo() {
    clearTimeout(this.#timer);
    return waiting.delete(this);
  }
}
