/** A number with a version, and the viewer's own step that the server has not confirmed. Draws nothing. */

export class Tally {
  #ver;
  #value;
  #expected = null; // what the viewer is shown until the server has answered

  constructor(ver, value) {
    this.#ver = ver;
    this.#value = value;
  }

  get shown() {
    return this.#expected ?? this.#value;
  }

  /**
   * Take the server's count; one that is not newer is ignored. It stays out of sight while a step waits for its
   * answer: nobody can tell whether it holds the step already, and the number would jump there and back.
   */
  apply(ver, value) {
    if (ver > this.#ver) this.#set(ver, value);
  }

  /** Step at once, before the server knows. */
  nudge(step) {
    this.#expected = Math.max(0, this.shown + step);
  }

  /** The server answered the step. Its count stands unless a newer one is known already. */
  settle(ver, value) {
    this.#expected = null;
    if (ver >= this.#ver) this.#set(ver, value);
  }

  /** The step did not happen. */
  undo() {
    this.#expected = null;
  }

  #set(ver, value) {
    this.#ver = ver;
    this.#value = value;
  }
}
