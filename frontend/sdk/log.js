/** The durable events in order, each exactly once. Knows no socket: it is handed frames and asks for repairs. */

const HOLD_MS = 2_000;
const HELD_MOST = 256; // as many as the server queues; what is beyond comes again with the replay

export class Log {
  #cursor; // all up to it is drawn
  #taken; // the last one given to `deliver`; ahead of the cursor while it is being drawn
  #shown;
  #store;
  #deliver;
  #resume;
  #holdMs;
  #held = new Map();
  #top = 0;
  #timer = null;
  #turn = 0; // counts resets: what was being drawn before one moves nothing after it

  /**
   * @param {object} parts
   * @param {{epoch: string, seq: number} | null} parts.cursor what the page already contains
   * @param {{load(): object | null, save(cursor: object): void}} parts.store
   * @param {(event: object) => void | Promise<unknown>} parts.deliver draws the event; it counts as shown when this
   *   returns or, if it gives a promise, when that is settled; the next one waits for it
   * @param {(cursor: {epoch: string, seq: number}) => void} parts.resume asks for all after the cursor
   * @param {number} [parts.holdMs] how long a gap may heal by itself
   */
  constructor({ cursor, store, deliver, resume, holdMs = HOLD_MS }) {
    this.#shown = store.load();
    this.#cursor = cursor ?? this.#shown;
    this.#taken = this.#cursor?.seq ?? 0;
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
    if (!this.#cursor || frame.seq <= this.#taken) return;
    this.#top = Math.max(this.#top, frame.seq);
    if (this.#held.size < HELD_MOST || frame.seq === this.#taken + 1) this.#held.set(frame.seq, frame);
    this.#drain();
    this.#watch();
  }

  /** Take the head of the log as the server tells it. */
  reach(top) {
    this.#top = Math.max(this.#top, top);
    this.#watch();
  }

  /** Ask at once for what is missing: the server said that it dropped frames. Asks again as long as it is missing. */
  repair() {
    this.pause();
    if (this.#cursor) this.#resume(this.#cursor);
    this.#watch();
  }

  /** Go on from a new position without drawing what lies between. Nothing is kept until `settle`. */
  reset(cursor) {
    this.#cursor = cursor;
    this.#taken = this.#top = cursor.seq;
    this.#turn += 1;
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
    while (this.#cursor.seq === this.#taken) {
      const frame = this.#held.get(this.#taken + 1);
      if (!frame) return;
      this.#held.delete(frame.seq);
      this.#taken = frame.seq;
      const drawing = this.#deliver({ ...frame, again: this.#isOld(frame.seq) });
      if (drawing) this.#drawnLater(drawing, frame.seq, this.#turn);
      else this.#drawn(frame.seq);
    }
  }

  // A page taken from the browser's cache is older than what this tab has shown: state again, toasts not.
  #isOld(seq) {
    return this.#shown?.epoch === this.#cursor.epoch && seq <= this.#shown.seq;
  }

  #drawnLater(drawing, seq, turn) {
    const go = () => {
      if (turn !== this.#turn) return;
      this.#drawn(seq);
      this.#drain();
      this.#watch();
    };
    drawing.then(go, go); // who draws must deal with their failure: an event that breaks them must not end the log
  }

  #drawn(seq) {
    this.#cursor = { epoch: this.#cursor.epoch, seq };
    this.settle();
  }

  #watch() {
    const behind = this.#cursor !== null && this.#top > this.#taken;
    if (!behind) this.pause();
    else this.#timer ??= setTimeout(() => this.repair(), this.#holdMs);
  }
}
