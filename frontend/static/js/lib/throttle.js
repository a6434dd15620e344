/** Lets one value through at a time and keeps only the latest of the others. Knows no screen reader. */

export class Throttle {
  #everyMs;
  #emit;
  #waiting = null;
  #timer = null;

  /**
   * @param {number} everyMs the least time between two
   * @param {(value: string) => void} emit
   */
  constructor(everyMs, emit) {
    this.#everyMs = everyMs;
    this.#emit = emit;
  }

  push(value) {
    this.#waiting = value;
    if (this.#timer === null) this.#next();
  }

  #next() {
    this.#timer = null;
    if (this.#waiting === null) return;
    this.#emit(this.#waiting);
    this.#waiting = null;
    this.#timer = setTimeout(() => this.#next(), this.#everyMs);
  }
}
