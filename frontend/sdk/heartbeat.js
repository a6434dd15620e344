/** Tells a silent connection from a dead one. Sends nothing itself: it says when. */

const EVERY_MS = 25_000;
const WITHIN_MS = 10_000;

export class Heartbeat {
  #send;
  #dead;
  #now;
  #every = EVERY_MS;
  #within = WITHIN_MS;
  #sentAt = 0;
  #askedAt = null;
  #timer = null;

  /**
   * @param {object} parts
   * @param {() => void} parts.send sends a heartbeat
   * @param {() => void} parts.dead the other side did not answer in time
   * @param {() => number} [parts.now] a clock in ms
   */
  constructor({ send, dead, now = Date.now }) {
    this.#send = send;
    this.#dead = dead;
    this.#now = now;
  }

  /** @param {{every?: number, within?: number}} [times] ms, as the server's welcome gives them */
  start({ every = EVERY_MS, within = WITHIN_MS } = {}) {
    this.stop();
    this.#every = every;
    this.#within = within;
    this.#sentAt = this.#now();
    this.#timer = setInterval(() => this.#tick(), within / 2);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
    this.#askedAt = null;
  }

  /** Anything that arrives is a sign of life. */
  heard() {
    this.#askedAt = null;
  }

  /** The server's own heartbeat. A hidden tab's timers are throttled, its messages are not: this answer keeps it alive. */
  beat() {
    if (this.#now() - this.#sentAt >= this.#within) this.#beatBack(); // an answer to an answer would never end
  }

  /** Ask now: the network or the person came back. */
  probe() {
    if (this.#timer === null) return;
    this.#askedAt ??= this.#now();
    this.#beatBack();
  }

  #beatBack() {
    this.#sentAt = this.#now();
    this.#send();
  }

  // Silence alone proves nothing after sleep or in a throttled tab. An unanswered question does.
  #tick() {
    const now = this.#now();
    if (this.#askedAt !== null && now - this.#askedAt >= this.#within) this.#dead();
    else if (this.#askedAt === null && now - this.#sentAt >= this.#every) this.probe();
  }
}
