/** One screen's view of what happens: hands out every event once, in order, and keeps its place. Draws nothing. */

import { addresses } from "./address.js";
import { Auth } from "./auth.js";
import { CLOSE } from "./closes.js";
import { CursorStore } from "./cursor.js";
import { Exchange } from "./exchange.js";
import { Line } from "./line.js";
import { Log } from "./log.js";
import { Poll } from "./poll.js";
import { Socket } from "./socket.js";
import { Stream } from "./stream.js";
import { Tabs } from "./tabs.js";
import { Wants } from "./wants.js";
import { Ways } from "./ways.js";

const ACK_MS = 10_000;
const TYPING_MS = 3_000;

/**
 * Events, each a CustomEvent; `on` hands their `detail` to a function.
 * - `state`: {state, code}
 * - `resync`: {reason, waitUntil(promise)}: load your snapshot again
 * - `counts`: {post: [ver, likes, comments]}
 * - `topic`: {topic, ver, d, first}: `first` tells that it answers a subscription
 * - `ephemeral`: {topic, d, ttl}: typing and its like; forget it after `ttl` ms
 * - `denied`: {topic, reason}: it may not be watched
 * - `revoked`: {topics, all, reason}: access ended
 * - `refused`: {code, msg, id, retry_ms}: the server's `err`
 * - `ev`: every durable event, {k, d, seq, at, mut, again, waitUntil(promise)}
 * - its kind (`notification`, `post.liked`, …): {...d, seq, at, mut, again, waitUntil(promise)}
 */
export class Live extends EventTarget {
  #url;
  #user;
  #started = false;
  #state = "off";
  #code = null;
  #ackTimer = null;
  #log;
  #vers = new Map();
  #typedAt = new Map();
  #topics = new Wants(() => this.#wanted());
  #views = new Wants(() => this.#wanted());
  #tabs;
  #frames = {
    ready: ({ seq }) => this.#reach(seq),
    hb: ({ top }) => this.#reach(top),
    ev: (frame) => this.#user !== "" && this.#log.receive(frame),
    st: (frame) => this.#topic(frame),
    cnt: ({ d }) => this.#emit("counts", d),
    eph: ({ topic, d, ttl }) => this.#emit("ephemeral", { topic, d, ttl }),
    ok: (answer) => this.#answered(answer),
    revoked: ({ topics = [], all = false, reason }) => this.#revoked(topics, all, reason),
    resync: ({ at, reason }) => this.#resync(at, reason),
    err: ({ code, msg, id, retry_ms }) => this.#emit("refused", { code, msg, id, retry_ms }),
  };

  /**
   * @param {object} options
   * @param {string | null} options.url the site, or its socket; null: there is none, and this stays off
   * @param {string} [options.user] the id of who it must be, "" for a passer-by, who has no log; else whoever is let in
   * @param {{epoch: string, seq: number} | null} [options.cursor] what the screen already contains
   * @param {CursorStore} [options.store] where the position is kept; by default nowhere
   * @param {object} [options.client] told to the server: app, ver, device
   * @param {"cookie" | "bearer" | "ticket"} [options.auth] see Auth, and for `token` and `ticket`
   * @param {boolean} [options.share] one line for all tabs, where the browser can; true unless told otherwise
   * @param {string} [options.group] tabs of another group share another line: name what their proof rests on
   * The rest is for tests and unusual places: WebSocket, fetch, locks, Channel, visible, pingMs, deadMs, holdMs, backoff.
   */
  constructor({ url, user, cursor = null, store = new CursorStore(null, ""), holdMs, share = true, ...options }) {
    super();
    this.#url = url;
    this.#user = user;
    this.#log = new Log({
      cursor,
      store,
      holdMs,
      deliver: (frame) => this.#deliver(frame),
      resume: (from) => this.#tabs.up({ k: "ask", cursor: from }),
    });
    this.#tabs = url ? this.#shared(share, options) : null;
  }

  /** @returns {"off" | "connecting" | "open" | "waiting" | "away" | "stopped"} */
  get state() {
    return this.#state;
  }

  /** @returns {number | null} the close code that led to `waiting` or `stopped` */
  get code() {
    return this.#code;
  }

  /** @returns {string} the signed-in person's id, or "" */
  get user() {
    return this.#user ?? "";
  }

  /** @returns {{epoch: string, seq: number} | null} the position: all up to it is drawn */
  get cursor() {
    return this.#log.cursor;
  }

  /** @returns {boolean} whether this tab holds the line for the others */
  get leads() {
    return this.#tabs?.leads ?? false;
  }

  /** Listen. @returns {() => void} ends it */
  on(type, listener) {
    const hear = ({ detail }) => listener(detail);
    this.addEventListener(type, hear);
    return () => this.removeEventListener(type, hear);
  }

  /** Connect now. A passer-by's page with nothing to watch stays off until there is something. */
  start() {
    this.#started = true;
    if (this.#url && this.#state === "off" && (this.#user !== "" || this.#topics.size || this.#views.size)) this.#join();
  }

  /** The network or the person came back: do not wait any longer, or see whether the line is alive. */
  wake() {
    if (this.#state === "away" || this.#code === CLOSE.TOO_MANY) return this.#join();
    if (this.#state === "off" || this.#state === "stopped") return;
    this.#tabs.ping();
    this.#tabs.up({ k: "wake" });
  }

  /** The page is frozen or goes to the back/forward cache, which no page with an open socket enters. */
  leave() {
    if (this.#state === "off" || this.#state === "stopped") return;
    this.#leave();
    this.#become("away");
  }

  /** The line is surely cut. Do not wait for the heartbeat to find out. */
  cut() {
    if (this.leads) this.#tabs.up({ k: "cut" });
  }

  /** End it; `start` begins anew. */
  stop() {
    if (this.#state === "off") return;
    this.#leave();
    this.#started = false;
    this.#become("off");
  }

  /** Watch a topic. @returns {() => void} ends it */
  watch(topic) {
    return this.#topics.add(topic);
  }

  /** Say that a post is on screen. @returns {() => void} says that it is not any more */
  view(post) {
    return this.#views.add(post);
  }

  /** Follow whether somebody is there. @returns {() => void} ends it */
  presence(username) {
    return this.watch(`presence:${username}`);
  }

  /** Say that the person is writing, with each key if you like: it goes out at most once in three seconds. */
  typing(topic) {
    const now = Date.now();
    if (now - (this.#typedAt.get(topic) ?? -TYPING_MS) < TYPING_MS) return;
    this.#typedAt.set(topic, now);
    this.#tabs?.up({ k: "say", message: { t: "typing", topic } });
  }

  #shared(share, { locks, Channel, visible = isVisible, pingMs, deadMs, ...options }) {
    const { navigator, BroadcastChannel, document } = globalThis;
    const id = crypto.randomUUID();
    const { auth, token, ticket, backoff, client = { app: "web" }, group = "", ...ways } = options;
    const at = addresses(this.#url);
    const proof = new Auth({ auth, token, ticket, site: at.events });
    const cursor = () => (this.#user !== "" && this.#log.cursor) || undefined;
    const line = (on) =>
      new Line({ ways: this.#waysTo(at, proof, ways), auth: proof, user: this.#user, client, backoff, cursor }, on);
    return new Tabs({
      name: `photophore ${at.socket} ${this.#user ?? ""} ${group}`,
      id,
      locks: share ? (locks ?? (document && navigator.locks) ?? null) : null,
      Channel: Channel ?? BroadcastChannel ?? null,
      exchange: (shared, tell) => new Exchange({ own: id, cursor, shared, line, tell }),
      screen: { down: (message) => this.#down(message), want: () => this.#want() },
      visible,
      pingMs,
      deadMs,
    });
  }

  #waysTo(at, proof, { WebSocket, fetch }) {
    const how = () => ({ fetch, headers: proof.headers() });
    const ways = [
      (on) => new Socket(at.socket, on, { WebSocket, headers: proof.headers() }),
      (on) => new Stream(at.stream, on, how()),
      (on) => new Poll(at.events, on, how()), // it knows durable events only, of which a passer-by has none
    ];
    return new Ways(this.#user === "" ? ways.slice(0, 2) : ways);
  }

  #join() {
    this.#become("connecting");
    this.#tabs.join();
  }

  #leave(how) {
    this.#log.pause();
    clearTimeout(this.#ackTimer);
    this.#ackTimer = null;
    this.#tabs.leave(how);
  }

  #want() {
    return { k: "want", topics: this.#topics.list, views: this.#views.list };
  }

  #wanted() {
    if (this.#state === "off") return void (this.#started && this.start());
    if (this.#state !== "away" && this.#state !== "stopped") this.#tabs.up(this.#want());
  }

  #down({ k, ...message }) {
    if (this.#state === "away" || this.#state === "off" || this.#state === "stopped") return; // a late word
    if (k === "state") this.#told(message);
    else if (this.#isOurs(message)) this.#frames[message.frame.t]?.(message.frame);
  }

  // Numbers of another epoch are other numbers: who stands in an old one has to load everything anew.
  #isOurs({ epoch, frame }) {
    return frame.t === "resync" || !this.#log.cursor || this.#log.cursor.epoch === epoch || !["ev", "hb", "ready"].includes(frame.t);
  }

  #told({ state, code, user, epoch, top }) {
    if (state === "stopped") return this.#stopped(code);
    if (state === "open") this.#opened(user, epoch, top);
    else this.#log.pause();
    if (state === "connecting") this.#vers.delete("live"); // the server's own topic: another node counts from another start
    if (state !== this.#state || code !== this.#code) this.#become(state, code);
  }

  #opened(user, epoch, top) {
    this.#user ??= user;
    if (this.#user === "") return;
    if (!this.#log.cursor) this.#resync({ epoch, seq: top }, "fresh");
    else if (this.#log.cursor.epoch === epoch) this.#log.reach(top);
    else this.#log.repair();
  }

  #stopped(code) {
    this.#leave({ lastWords: true }); // the others are to stop, too, and not to ask in turn
    this.#become("stopped", code);
  }

  #reach(top) {
    if (this.#user !== "" && top !== undefined) this.#log.reach(top);
  }

  #deliver({ k, d, seq, at, mut, again }) {
    const drawing = [];
    const fact = { seq, at, mut, again, waitUntil: (promise) => drawing.push(promise) };
    this.#emit("ev", { k, d, ...fact });
    this.#emit(k, { ...d, ...fact });
    this.#ackTimer ??= setTimeout(() => this.#ack(), ACK_MS);
    return drawing.length ? Promise.allSettled(drawing) : undefined;
  }

  // What the leading tab shows is what the person may have seen.
  #ack() {
    this.#ackTimer = null;
    if (this.leads) this.#tabs.up({ k: "say", message: { t: "ack", seq: this.#log.cursor.seq } });
  }

  #resync(at, reason) {
    this.#log.reset(at);
    const loads = [];
    this.#emit("resync", { reason, waitUntil: (load) => loads.push(load) });
    Promise.all(loads).then(() => this.#log.settle(), () => {}); // not loaded: the kept cursor stays behind
  }

  #topic({ topic, ver, d }) {
    if (this.#isNewer(topic, ver)) this.#emit("topic", { topic, ver, d, first: false });
  }

  // A state without version always is. The tabs share their subscriptions: what this one does not watch is passed over.
  #isNewer(topic, ver, first = false) {
    if (ver === undefined || ver === null) return true;
    const known = this.#vers.get(topic) ?? -1;
    if (ver < known || (ver === known && !first)) return false; // an answer is how it stands now, of a kind that counts no versions too
    this.#vers.set(topic, ver);
    return true;
  }

  #answered({ topics = {}, denied = {} }) {
    for (const [topic, { ver, snap }] of Object.entries(topics)) {
      if (this.#topics.has(topic) && this.#isNewer(topic, ver, true)) this.#emit("topic", { topic, ver, d: snap ?? {}, first: true });
    }
    for (const [topic, reason] of Object.entries(denied)) {
      if (this.#lose(topic)) this.#emit("denied", { topic, reason });
    }
  }

  #revoked(topics, all, reason) {
    const lost = all ? this.#topics.list : topics;
    lost.forEach((topic) => this.#lose(topic));
    this.#emit("revoked", { topics: lost, all, reason });
  }

  #lose(topic) {
    this.#vers.delete(topic);
    const [kind, key] = topic.split(":");
    if (kind === "post") this.#views.forget(key);
    return this.#topics.forget(topic);
  }

  #become(state, code = null) {
    this.#state = state;
    this.#code = code;
    this.#emit("state", { state, code });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function isVisible() {
  return globalThis.document?.visibilityState !== "hidden";
}

