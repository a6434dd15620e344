/** A number with a version and the viewer's own step that the server has not confirmed. Draws nothing. */

export class Tally {
  #ver;
  #value;
  #step = 0;

  constructor(ver, value) {
    this.#ver = ver;
    this.#value = value;
  }

  get shown() {
    return Math.max(0, this.#value + this.#step);
  }

  /** Take the server's count; one that is not newer than the shown is ignored. */
  apply(ver, value) {
    if (ver > this.#ver) this.#set(ver, value);
  }

  /** Step at once, before the server knows. */
  nudge(step) {
    this.#step += step;
  }

  /** The server answered the step. Its count stands unless a newer one is known already. */
  settle(ver, value) {
    this.#step = 0;
    if (ver >= this.#ver) this.#set(ver, value);
  }

  /** The step did not happen. */
  undo() {
    this.#step = 0;
  }

  #set(ver, value) {
    this.#ver = ver;
    this.#value = value;
  }
}
