/** The durable events in order, each exactly once. Knows no socket: it is handed frames and asks for repairs. */

const HOLD_MS = 2_000;
const HELD_MOST = 256; // as many as the server queues; what is beyond comes again with the replay

export class Log {
  #cursor;
  #shown;
  #store;
  #deliver;
  #resume;
  #holdMs;
  #held = new Map();
  #top = 0;
  #timer = null;

  /**
   * @param {object} parts
   * @param {{epoch: string, seq: number} | null} parts.cursor what the page already contains
   * @param {import("./cursor.js").CursorStore} parts.store
   * @param {(event: object) => void} parts.deliver draws the event; when it returns the event counts as shown
   * @param {(cursor: {epoch: string, seq: number}) => void} parts.resume asks the server for all after the cursor
   * @param {number} [parts.holdMs] how long a gap may heal by itself
   */
  constructor({ cursor, store, deliver, resume, holdMs = HOLD_MS }) {
    this.#shown = store.load();
    this.#cursor = cursor ?? this.#shown;
    this.#store = store;
    this.#deliver = deliver;
    this.#resume = resume;
    this.#holdMs = holdMs;
  }

  /** @returns {{epoch: string, seq: number} | null} */
  get cursor() {
    return this.#cursor;
  }

  /** Take an `ev` frame: draw it, hold it behind a gap, or drop a repeat. */
  receive(frame) {
    if (!this.#cursor || frame.seq <= this.#cursor.seq) return;
    this.#top = Math.max(this.#top, frame.seq);
    if (this.#held.size < HELD_MOST || frame.seq === this.#cursor.seq + 1) this.#held.set(frame.seq, frame);
    this.#drain();
    this.#watch();
  }

  /** Take the head of the log as the server's heartbeat tells it. */
  reach(top) {
    this.#top = Math.max(this.#top, top);
    this.#watch();
  }

  /** Ask at once for what is missing: the server said that it dropped frames. */
  repair() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#cursor) this.#resume(this.#cursor);
  }

  /** Go on from a new position without drawing what lies between. Nothing is kept until `settle`. */
  reset(cursor) {
    this.#cursor = cursor;
    this.#top = cursor.seq;
    this.#held.clear();
    this.pause();
  }

  /** Keep the position: all up to it is drawn. */
  settle() {
    this.#store.save(this.#cursor);
  }

  /** Stop waiting for a gap to heal: the connection is gone and the next one starts from the cursor. */
  pause() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #drain() {
    for (let frame = this.#take(); frame; frame = this.#take()) {
      const { epoch } = this.#cursor;
      // A page taken from the browser's cache is older than what this tab has shown: state again, toasts not.
      const again = this.#shown?.epoch === epoch && frame.seq <= this.#shown.seq;
      this.#deliver({ ...frame, again });
      this.#cursor = { epoch, seq: frame.seq };
      this.settle();
    }
  }

  #take() {
    const next = this.#cursor.seq + 1;
    const frame = this.#held.get(next);
    this.#held.delete(next);
    return frame;
  }

  #watch() {
    const behind = this.#cursor !== null && this.#top > this.#cursor.seq;
    if (!behind) this.pause();
    else this.#timer ??= setTimeout(() => this.repair(), this.#holdMs);
  }
}
