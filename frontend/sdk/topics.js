/** What the page watches by name, and the version it has of each. Sends through a function it is given. */

const PER_FRAME = 50;

export class Topics {
  #watchers = new Map();
  #vers = new Map();
  #send;
  #greeted = new Set();
  #open = false;
  #ids = 0;

  /** @param {(message: object) => void} send */
  constructor(send) {
    this.#send = send;
  }

  get size() {
    return this.#watchers.size;
  }

  /** @returns {string[]} those for the first frame; `opened` asks for what it did not hold */
  greet() {
    this.#greeted = new Set([...this.#watchers.keys()].slice(0, PER_FRAME));
    return [...this.#greeted];
  }

  /** Watch a topic; several watchers share one subscription. */
  add(name) {
    const watchers = this.#watchers.get(name) ?? 0;
    this.#watchers.set(name, watchers + 1);
    if (watchers === 0 && this.#open) this.#ask("sub", [name]);
  }

  remove(name) {
    const watchers = this.#watchers.get(name) ?? 0;
    if (watchers > 1) this.#watchers.set(name, watchers - 1);
    else if (this.forget(name) && this.#open) this.#ask("unsub", [name]);
  }

  /** Drop a topic without asking: the server refused or took it back. */
  forget(name) {
    this.#vers.delete(name);
    return this.#watchers.delete(name);
  }

  opened() {
    this.#open = true;
    this.#vers.delete("live"); // the server's own topic: another node counts from another start
    this.#ask("sub", [...this.#watchers.keys()].filter((name) => !this.#greeted.has(name)));
    this.#ask("unsub", [...this.#greeted].filter((name) => !this.#watchers.has(name)));
  }

  closed() {
    this.#open = false;
  }

  /** Whether a state is newer than the one shown; if so it counts as shown. A state without version always is. */
  advance(name, ver) {
    if (ver === undefined || ver === null) return true;
    if (ver <= (this.#vers.get(name) ?? -1)) return false;
    this.#vers.set(name, ver);
    return true;
  }

  #ask(t, topics) {
    for (let at = 0; at < topics.length; at += PER_FRAME) {
      this.#ids += 1;
      this.#send({ t, id: `${t}${this.#ids}`, topics: topics.slice(at, at + PER_FRAME) });
    }
  }
}
