/**
 * Stands between one line and the screens that share it, their own tab's and the other tabs'. Draws nothing.
 *
 * Screens send up `want` (all they want to see), `ask` (what follows my position?), `say`, `wake`, `cut`, `ping`,
 * `gone`; down come `state`, `frame` and `roll` (who is there?). Every message is whole in itself, so one that is lost
 * or comes twice does no harm.
 */

import { Ring } from "./ring.js";

const PATIENCE_MS = 2_000; // with the answer to a `resume`
const ROLL_MS = 30_000;
const ROLLS_MISSED = 3; // a tab that crashed says no good-bye
const NOT_FOR_SCREENS = new Set(["welcome", "resync", "reconnect", "lag"]);
const UNRECOVERABLE = 112;

export class Exchange {
  #own;
  #cursor;
  #tell;
  #line;
  #ring = new Ring();
  #members = new Map(); // tab → {topics, views, missed}
  #counts = new Map(); // post → its last counts
  #said = null; // by the server, of itself
  #user;
  #code = null;
  #asked = new Map(); // tab → the position it asked from
  #sent = null; // the position that the server is asked from now
  #patience = null;
  #roll = null;
  #up = {
    want: (tab, { topics, views }) => this.#want(tab, topics, views),
    ask: (tab, { cursor }) => this.#ask(tab, cursor),
    say: (_, { message }) => this.#line.say(message),
    wake: () => this.#line.wake(),
    cut: () => this.#line.cut(),
    ping: (tab) => this.#pong(tab),
    gone: (tab) => this.#gone(tab),
  };
  #frames = {
    welcome: ({ epoch, user }) => this.#welcomed(epoch, user),
    ready: ({ seq }) => this.#answered(seq),
    ev: (frame) => this.#ring.add(frame),
    hb: ({ top = 0 }) => this.#ring.reach(top),
    lag: () => this.#lag(),
    cnt: ({ d }) => this.#remember(d),
    st: (frame) => this.#listen(frame),
    ok: ({ denied = {} }) => this.#forget(Object.keys(denied)),
    revoked: ({ topics = [] }) => this.#forget(topics),
    resync: ({ at, reason }) => this.#resync(at, reason),
    err: ({ code, msg }) => code === UNRECOVERABLE && this.#resync({ epoch: this.#ring.epoch, seq: this.#ring.top }, msg),
  };

  /**
   * @param {object} parts
   * @param {string} parts.own this tab's name
   * @param {() => object | undefined} parts.cursor this tab's position
   * @param {boolean} parts.shared whether there may be others
   * @param {(on: object) => import("./line.js").Line} parts.line
   * @param {(tab: string | null, message: object) => void} parts.tell null means all
   */
  constructor({ own, cursor, shared, line, tell }) {
    this.#own = own;
    this.#cursor = cursor;
    this.#tell = tell;
    this.#line = line({ state: (state, code) => this.#changed(state, code), frame: (frame) => this.#frame(frame) });
    if (shared) this.#roll = setInterval(() => this.#callRoll(), ROLL_MS);
  }

  connect() {
    this.#line.connect();
  }

  /** Take a message of a screen. Any message shows that the line should be looked after, too. */
  up(tab, message) {
    this.#up[message.k]?.(tab, message);
    if (tab !== this.#own) this.#line.nudge();
  }

  close() {
    clearInterval(this.#roll);
    this.#rest();
    this.#line.close();
  }

  #rest() {
    clearTimeout(this.#patience);
    this.#sent = null;
    this.#asked.clear();
  }

  #changed(state, code) {
    this.#code = code;
    if (state === "connecting") {
      this.#rest();
      this.#said = null; // another connection, perhaps to another server
      const cursor = this.#cursor();
      if (cursor) this.#asked.set(this.#own, (this.#sent = cursor)); // as the greeting does
    }
    this.#pong(null);
  }

  #pong(tab) {
    const { state } = this.#line;
    this.#tell(tab, {
      k: "state", state, code: this.#code, user: this.#user, epoch: this.#ring.epoch, top: this.#ring.top,
    });
  }

  #frame(frame) {
    this.#frames[frame.t]?.(frame);
    if (!NOT_FOR_SCREENS.has(frame.t)) this.#pass(null, frame);
  }

  #pass(tab, frame) {
    this.#tell(tab, { k: "frame", epoch: this.#ring.epoch, frame });
  }

  #welcomed(epoch, user) {
    this.#ring.begin(epoch);
    if (user !== undefined) this.#user = String(user?.id ?? "");
  }

  #want(tab, topics, views) {
    const known = this.#members.get(tab);
    const others = this.#union("topics", tab);
    this.#members.set(tab, { topics, views, missed: 0 });
    this.#level();
    // What others watch already is not told anew by itself.
    this.#line.again(topics.filter((name) => others.has(name) && !known?.topics.includes(name)));
    if (!known) this.#meet(tab);
    this.#recount(tab, views.filter((post) => this.#counts.has(post) && !known?.views.includes(post)));
  }

  #meet(tab) {
    this.#pong(tab);
    if (this.#said) this.#pass(tab, this.#said);
  }

  #recount(tab, posts) {
    if (posts.length) this.#pass(tab, { t: "cnt", d: Object.fromEntries(posts.map((post) => [post, this.#counts.get(post)])) });
  }

  #gone(tab) {
    this.#members.delete(tab);
    this.#asked.delete(tab);
    this.#level();
  }

  #level() {
    const views = this.#union("views");
    for (const post of this.#counts.keys()) if (!views.has(post)) this.#counts.delete(post);
    this.#line.want([...this.#union("topics")], [...views]);
  }

  #union(kind, without) {
    return new Set([...this.#members].flatMap(([tab, wants]) => (tab === without ? [] : wants[kind])));
  }

  #callRoll() {
    for (const [tab, member] of this.#members) if (++member.missed > ROLLS_MISSED) this.#gone(tab);
    this.#tell(null, { k: "roll" });
  }

  #remember(counts) {
    for (const post of this.#union("views")) if (counts[post]) this.#counts.set(post, counts[post]);
  }

  #listen(frame) {
    if (frame.topic === "live") this.#said = frame;
  }

  #forget(topics) {
    if (topics.length === 0) return;
    const posts = topics.filter((name) => name.startsWith("post:")).map((name) => name.slice(5));
    for (const member of this.#members.values()) {
      member.topics = member.topics.filter((name) => !topics.includes(name));
      member.views = member.views.filter((post) => !posts.includes(post));
    }
    this.#level();
  }

  // From the ring if it reaches back so far, else from the server: one question at a time, the oldest position first.
  #ask(tab, cursor) {
    const frames = this.#ring.after(cursor);
    if (frames) return frames.forEach((frame) => this.#pass(tab, frame));
    this.#asked.set(tab, cursor);
    this.#forward();
  }

  #forward() {
    if (this.#sent || this.#asked.size === 0 || this.#line.state !== "open") return;
    const { epoch, seq } = (this.#sent = [...this.#asked.values()].sort((one, other) => this.#age(one) - this.#age(other))[0]);
    this.#line.say({ t: "resume", epoch, seq });
    this.#patience = setTimeout(() => this.#done(), PATIENCE_MS); // who still misses something asks again
  }

  #age({ epoch, seq }) {
    return epoch === this.#ring.epoch ? seq : -1;
  }

  // The replay went to all: it holds what everybody lacked who stood at this position or behind it.
  #answered(top) {
    this.#ring.reach(top);
    const { epoch, seq } = this.#sent ?? {};
    for (const [tab, cursor] of this.#asked) if (cursor.epoch === epoch && cursor.seq >= seq) this.#asked.delete(tab);
    this.#done();
  }

  #done() {
    clearTimeout(this.#patience);
    this.#sent = null;
    this.#forward();
  }

  #lag() {
    const cursor = this.#cursor();
    if (cursor) this.#asked.set(this.#own, cursor);
    this.#forward();
  }

  // Only to those who stood where the question came from: the others may have missed nothing.
  #resync(at, reason) {
    this.#ring.begin(at.epoch);
    this.#ring.reach(at.seq);
    const { epoch, seq } = this.#sent ?? {};
    const asked = [...this.#asked].filter(([, cursor]) => cursor.epoch === epoch && cursor.seq === seq);
    for (const [tab] of asked) this.#asked.delete(tab);
    const frame = { t: "resync", at, reason };
    if (this.#sent) for (const [tab] of asked) this.#pass(tab, frame);
    else this.#pass(null, frame);
    this.#done();
  }
}
