/** Things that go away by themselves, and stay while someone looks at them. Does not know what they are. */

export class Lives {
  #lifeMs;
  #end;
  #timers = new Map();
  #paused = false;

  /**
   * @param {number} lifeMs
   * @param {(thing: unknown) => void} end
   */
  constructor(lifeMs, end) {
    this.#lifeMs = lifeMs;
    this.#end = end;
  }

  /** Begin a life, or begin it anew. */
  start(thing) {
    clearTimeout(this.#timers.get(thing));
    const timer = this.#paused ? null : setTimeout(() => this.#over(thing), this.#lifeMs);
    this.#timers.set(thing, timer);
  }

  stop(thing) {
    clearTimeout(this.#timers.get(thing));
    this.#timers.delete(thing);
  }

  /** @param {boolean} paused nothing ends while true; after it all have their whole life again */
  hold(paused) {
    if (paused === this.#paused) return;
    this.#paused = paused;
    for (const thing of this.#timers.keys()) this.start(thing);
  }

  #over(thing) {
    this.#timers.delete(thing);
    this.#end(thing);
  }
}
