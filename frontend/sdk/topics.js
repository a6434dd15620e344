/** Keeps the server's list of watched topics equal to the wanted one. Sends through a function it is given. */

const PER_FRAME = 50;

export class Topics {
  #wanted = new Set();
  #told = new Set();
  #send;
  #open = false;
  #ids = 0;

  /** @param {(message: object) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** @returns {string[]} those for the first frame; `opened` asks for what it did not hold */
  greet() {
    this.#told = new Set([...this.#wanted].slice(0, PER_FRAME));
    return [...this.#told];
  }

  /** Want these, and no others. */
  want(names) {
    this.#wanted = new Set(names);
    if (this.#open) this.#level();
  }

  /** Ask for the present state of topics that are watched already. */
  again(names) {
    if (this.#open) this.#ask("sub", names);
  }

  opened() {
    this.#open = true;
    this.#level();
  }

  closed() {
    this.#open = false;
  }

  /** The server turned something away: tell it everything once more. */
  reopened() {
    this.#ask("sub", [...this.#wanted].filter((name) => this.#told.has(name)));
    this.opened();
  }

  #level() {
    const gone = [...this.#told].filter((name) => !this.#wanted.has(name));
    const come = [...this.#wanted].filter((name) => !this.#told.has(name));
    this.#told = new Set(this.#wanted);
    this.#ask("unsub", gone);
    this.#ask("sub", come);
  }

  #ask(t, topics) {
    for (let at = 0; at < topics.length; at += PER_FRAME) {
      this.#ids += 1;
      this.#send({ t, id: `${t}${this.#ids}`, topics: topics.slice(at, at + PER_FRAME) });
    }
  }
}
