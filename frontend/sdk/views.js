/** The posts on screen, told to the server in batches. Knows no elements. */

const FIRST_MS = 100;
const EVERY_MS = 1_000; // a long scroll must stay under the server's 60 messages in 10 s
const MOST = 200;
const PER_FRAME = 100; // 200 long ids would pass the 4 KiB a frame may have

export class Views {
  #wanted = [];
  #told = new Set();
  #send;
  #open = false;
  #timer = null;
  #flushedAt = 0;

  /** @param {(message: object) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** @param {string[]} posts these, and no others; the latest last */
  want(posts) {
    this.#wanted = posts;
    this.#plan();
  }

  opened() {
    this.#open = true;
    this.#told.clear();
    this.#flush();
  }

  /** The server turned something away: take back what it may have, and tell it everything once more. */
  reopened() {
    this.#open = true;
    const wanted = this.#latest;
    this.#tell([...wanted], [...this.#told]);
    this.#told = wanted;
  }

  closed() {
    this.#open = false;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #plan() {
    if (!this.#open) return;
    const wait = Math.max(FIRST_MS, this.#flushedAt + EVERY_MS - Date.now());
    this.#timer ??= setTimeout(() => this.#flush(), wait);
  }

  // A difference of sets, not a list of moves: what came and went between two flushes costs nothing.
  #flush() {
    this.#timer = null;
    const wanted = this.#latest;
    const gone = [...this.#told].filter((post) => !wanted.has(post));
    const come = [...wanted].filter((post) => !this.#told.has(post));
    this.#tell(come, gone);
    this.#told = wanted;
  }

  #tell(add, del) {
    if (add.length || del.length) this.#flushedAt = Date.now();
    for (let at = 0; at < Math.max(add.length, del.length); at += PER_FRAME) {
      this.#send({ t: "view", add: add.slice(at, at + PER_FRAME), del: del.slice(at, at + PER_FRAME) });
    }
  }

  get #latest() {
    return new Set(this.#wanted.slice(-MOST)); // the ones on screen
  }
}
