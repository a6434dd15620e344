/** What this screen wants to see, counted: several elements may want the same. Asks nobody for it. */

export class Wants {
  #counts = new Map();
  #changed;

  /** @param {() => void} changed called when the list is another one */
  constructor(changed) {
    this.#changed = changed;
  }

  get size() {
    return this.#counts.size;
  }

  has(name) {
    return this.#counts.has(name);
  }

  /** @returns {string[]} in the order of their coming */
  get list() {
    return [...this.#counts.keys()];
  }

  /** @returns {() => void} takes it back; a second call does nothing */
  add(name) {
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    if (count === 0) this.#changed();
    let ended = false;
    return () => {
      if (!ended) this.#remove(name);
      ended = true;
    };
  }

  /** Drop it for all who want it: the server took it away. @returns {boolean} whether it was wanted */
  forget(name) {
    return this.#counts.delete(name);
  }

  #remove(name) {
    const count = this.#counts.get(name) ?? 0;
    if (count > 1) this.#counts.set(name, count - 1);
    else if (this.#counts.delete(name)) this.#changed();
  }
}
