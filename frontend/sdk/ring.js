/** The last events that came over the line, for screens that missed some. Short: what it lacks the server has. */

const MOST = 256;

export class Ring {
  #epoch = null;
  #top = 0;
  #frames = new Map();

  get epoch() {
    return this.#epoch;
  }

  /** @returns {number} the head of the log, as far as it is known here */
  get top() {
    return this.#top;
  }

  /** A connection tells its epoch; the frames of another are worth nothing. */
  begin(epoch) {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#top = 0;
    this.#frames.clear();
  }

  /** The head is known to be here, at least. */
  reach(seq) {
    this.#top = Math.max(this.#top, seq);
  }

  add(frame) {
    this.reach(frame.seq);
    this.#frames.delete(frame.seq);
    this.#frames.set(frame.seq, frame);
    if (this.#frames.size > MOST) this.#frames.delete(this.#frames.keys().next().value);
  }

  /**
   * All that follows a position.
   * @param {{epoch: string, seq: number}} cursor
   * @returns {object[] | null} null when some of it is not here
   */
  after({ epoch, seq }) {
    if (epoch !== this.#epoch || this.#top - seq > MOST) return null;
    const frames = [];
    for (let at = seq + 1; at <= this.#top; at += 1) frames.push(this.#frames.get(at));
    return frames.includes(undefined) ? null : frames;
  }
}
