/**
 * Several tabs, one line: the tab that holds a lock leads and has the line, the others follow it over a channel.
 *
 * Why nothing is lost and nothing shown twice, whoever dies when:
 * - Every tab has its own position, that of its own screen, moves it after drawing and draws only position + 1. So
 *   whatever a tab is sent, in whatever order and however often, its screen shows each event once and in order.
 * - No leader's word is needed for a tab to be right; it is needed for a tab to go on. A tab that hears of a head of
 *   the log beyond its position (with the next event, a heartbeat, or its leader's answer to a ping) asks for what
 *   follows its position. The leader answers from its ring, or asks the server to replay from there.
 * - A leader that dies between receipt and broadcast takes with it frames that no other tab has shown: their positions
 *   stand before them. The next leader greets the server with its own position, so the server replays them; tabs that
 *   stand further back ask it, as above.
 * - A tab that was frozen, or comes late, is a tab that stands further back.
 * - Two leaders, for the moment until a robbed one wakes up, are two sources of the same numbered events.
 *
 * When leadership passes: the browser gives the lock to the next tab at once when the leader's page is closed, crashes
 * or is discarded, and the page gives it up itself when it is frozen or put into the back/forward cache (`leave`).
 * A leader that hangs without any of these is robbed of the lock by the first visible tab whose pings it leaves
 * unanswered. Browsers without locks or channels (pages not on HTTPS among them) have a line for each tab.
 */

const PING_MS = 1_000;
const DEAD_MS = 2_500;
const LAST_WORDS_MS = 200; // the lock is another way than the channel, and may be the faster one

export class Tabs {
  #name;
  #id;
  #locks;
  #Channel;
  #exchange;
  #screen;
  #visible;
  #pingMs;
  #deadMs;
  #channel = null;
  #turn = null; // in the queue for the lock, or its holder
  #leading = null;
  #leader = null;
  #timer = null;
  #pingedAt = null;
  #tickedAt = 0;
  #now;

  /**
   * @param {object} parts
   * @param {string} parts.name of what is shared: tabs of another server or another person share another
   * @param {string} parts.id this tab's
   * @param {LockManager | null} parts.locks null: this tab is alone
   * @param {typeof BroadcastChannel | null} parts.Channel
   * @param {(shared: boolean, tell: (tab: string | null, message: object) => void) => import("./exchange.js").Exchange}
   *   parts.exchange makes one, when this tab leads
   * @param {{down(message: object): void, want(): object}} parts.screen this tab's
   * @param {() => boolean} [parts.visible] whether somebody looks at this tab
   * @param {number} [parts.pingMs]
   * @param {number} [parts.deadMs] so long a leader may leave a ping unanswered
   * @param {() => number} [parts.now] a clock in ms
   */
  constructor({ name, id, locks, Channel, exchange, screen, visible, pingMs = PING_MS, deadMs = DEAD_MS, now = Date.now }) {
    this.#name = name;
    this.#id = id;
    this.#locks = Channel ? locks : null;
    this.#Channel = Channel;
    this.#exchange = exchange;
    this.#screen = screen;
    this.#visible = visible;
    this.#pingMs = pingMs;
    this.#deadMs = deadMs;
    this.#now = now;
  }

  /** @returns {boolean} whether this tab has the line */
  get leads() {
    return this.#leading !== null;
  }

  /** Lead, or follow who leads. */
  join() {
    if (!this.#locks) return void this.#lead();
    this.#channel = new this.#Channel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#queue();
    this.#follow();
    this.#tickedAt = this.#now();
    this.#timer = setInterval(() => this.#tick(), this.#pingMs);
  }

  /** Send a message up: to the exchange of this tab or of the leading one. */
  up(message) {
    if (this.#leading) this.#leading.up(this.#id, message);
    else this.#post("leader", message);
  }

  /** See at once whether the leader is alive. */
  ping() {
    if (this.#leading || !this.#channel) return;
    this.#pingedAt ??= this.#now();
    this.up({ k: "ping" });
  }

  /** Follow and lead no more. With `lastWords` the others hear what they were told before one of them leads. */
  leave({ lastWords = false } = {}) {
    const turn = this.#turn;
    this.#turn = null;
    const waits = lastWords && this.#leading;
    if (this.#leading) this.#abdicate();
    else this.up({ k: "gone" });
    const release = () => turn?.abort(); // the lock, or the place in the queue for it
    if (waits) setTimeout(release, LAST_WORDS_MS);
    else release();
    clearInterval(this.#timer);
    this.#channel?.close();
    this.#channel = null;
    this.#leader = this.#pingedAt = null;
  }

  #queue(steal = false) {
    const before = this.#turn;
    const turn = (this.#turn = new AbortController());
    before?.abort();
    const options = steal ? { steal } : { signal: turn.signal };
    const hold = () => (turn === this.#turn ? this.#lead(turn.signal) : undefined);
    this.#locks.request(this.#name, options, hold).catch(() => turn === this.#turn && this.#robbed());
  }

  #lead(signal) {
    this.#leading = this.#exchange(this.#channel !== null, (tab, message) => this.#tell(tab, message));
    this.#pingedAt = null;
    this.#post(null, { k: "lead" });
    this.#leading.up(this.#id, this.#screen.want());
    this.#leading?.connect();
    return signal && new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }

  #tell(tab, message) {
    if (tab !== this.#id) this.#post(tab, message);
    if (tab === this.#id || tab === null) this.#down(message);
  }

  #abdicate() {
    const leading = this.#leading;
    this.#leading = null;
    leading.close();
  }

  // By a tab that got no answer: this one was frozen. It is a follower like any other now.
  #robbed() {
    if (this.#leading) this.#abdicate();
    this.#queue();
    this.#follow();
  }

  #follow() {
    this.#post("leader", this.#screen.want());
  }

  #post(to, message) {
    this.#channel?.postMessage({ to, from: this.#id, message });
  }

  #hear({ to, from, message }) {
    if (to === "leader") return this.#leading?.up(from, message);
    if (this.#leading || (to !== null && to !== this.#id)) return;
    if (message.k === "lead") this.#met(from);
    this.#leader ??= from;
    if (from !== this.#leader) return;
    this.#pingedAt = null;
    this.#down(message);
  }

  #met(leader) {
    this.#leader = leader;
    this.#follow();
  }

  #down(message) {
    if (message.k === "roll") this.up(this.#screen.want());
    else if (message.k !== "lead") this.#screen.down(message);
  }

  // A late tick tells that this tab itself was asleep: then the leader is asked anew before it is judged.
  #tick() {
    const now = this.#now();
    if (now - this.#tickedAt > 2 * this.#pingMs) this.#pingedAt = null;
    this.#tickedAt = now;
    if (this.#leading || !this.#visible()) return;
    if (this.#pingedAt !== null && now - this.#pingedAt >= this.#deadMs) this.#rob();
    else this.ping();
  }

  #rob() {
    this.#leader = this.#pingedAt = null;
    this.#queue(true);
  }
}
