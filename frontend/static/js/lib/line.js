/** Starts as many at a time as is good for the others. Knows no files. */

export class Line {
  #most;
  #waiting = [];
  #running = 0;

  /** @param {number} most jobs at one time */
  constructor(most) {
    this.#most = most;
  }

  /** @param {() => Promise<unknown>} job must end whatever happens */
  add(job) {
    this.#waiting.push(job);
    this.#next();
  }

  #next() {
    if (this.#running >= this.#most || this.#waiting.length === 0) return;
    this.#running += 1;
    this.#waiting.shift()().finally(() => {
      this.#running -= 1;
      this.#next();
    });
  }
}
