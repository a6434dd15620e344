/** The page's line to the server: connects, greets, resumes, and hands out what arrives. Draws nothing. */

import { Backoff } from "./backoff.js";
import { advice } from "./closes.js";
import { Heartbeat } from "./heartbeat.js";
import { Log } from "./log.js";
import { Socket } from "./socket.js";
import { Topics } from "./topics.js";
import { Views } from "./views.js";

const ACK_MS = 10_000;
const SIGNED_OUT = 4401;
const TOO_MANY = 4409; // the server closed the person's oldest page

/**
 * Events, each a CustomEvent; `detail` is
 * - `state`: {state, code}
 * - `resync`: {reason, waitUntil(promise)}: load your snapshot again
 * - `counts`: {post: [ver, likes, comments]}
 * - `topic`: {topic, ver, d, first}: `first` tells that it answers a subscription
 * - `denied`: {topic, reason}
 * - every durable kind (`notification`, `post.liked`, …): {...d, seq, mut, again}
 */
export class Live extends EventTarget {
  #url;
  #user;
  #client;
  #socket = null;
  #started = false;
  #state = "off";
  #code = null;
  #timer = null;
  #ackTimer = null;
  #backoff;
  #heartbeat;
  #log;
  #topics = new Topics((message) => this.#send(message));
  #views = new Views((message) => this.#send(message));
  #on = {
    welcome: (message) => this.#welcomed(message),
    ready: ({ seq }) => this.#ready(seq),
    ev: (frame) => this.#log.receive(frame),
    st: (frame) => this.#topic(frame),
    cnt: ({ d }) => this.#emit("counts", d),
    hb: ({ top }) => this.#beat(top),
    lag: () => this.#log.repair(),
    resync: ({ at, reason }) => this.#resync(at, reason),
    reconnect: ({ in: window }) => this.#move(window),
    ok: (answer) => this.#answered(answer),
    revoked: ({ topics = [], reason }) => topics.forEach((name) => this.#refused(name, reason)),
  };

  /**
   * @param {object} options
   * @param {string | null} options.url of the socket; null where the page has none
   * @param {string} options.user id, "" for a passer-by, who has no log
   * @param {{epoch: string, seq: number} | null} options.cursor what the page already contains
   * @param {import("./cursor.js").CursorStore} options.store
   * @param {object} [options.client] told to the server: app, ver, device
   * @param {Backoff} [options.backoff]
   * @param {number} [options.holdMs] see Log
   */
  constructor({ url, user, cursor, store, client = { app: "web" }, backoff = new Backoff(), holdMs }) {
    super();
    this.#url = url;
    this.#user = user;
    this.#client = client;
    this.#backoff = backoff;
    this.#heartbeat = new Heartbeat({
      send: () => this.#send({ t: "hb", seq: this.#log.cursor?.seq }),
      dead: () => this.#socket?.abandon(),
    });
    this.#log = new Log({
      cursor,
      store,
      holdMs,
      deliver: (frame) => this.#deliver(frame),
      resume: ({ epoch, seq }) => this.#send({ t: "resume", epoch, seq }),
    });
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
    return this.#user;
  }

  /** Connect now. A passer-by's page with nothing to watch stays off until there is something. */
  start() {
    this.#started = true;
    if (this.#url && (this.#user || this.#topics.size || this.#views.size)) this.#connect();
  }

  /** The network or the person came back: do not wait any longer, or see whether the line is alive. */
  wake() {
    if (this.#state === "waiting" || this.#state === "away" || this.#code === TOO_MANY) this.#connect();
    else this.#heartbeat.probe();
  }

  /** The page goes to the back/forward cache, which no page with an open socket enters. */
  leave() {
    if (this.#state === "off" || this.#state === "stopped") return;
    this.#drop();
    this.#become("away");
  }

  /** The line is surely cut. Do not wait for the heartbeat to find out. */
  cut() {
    this.#socket?.abandon();
  }

  /** Watch a topic. @returns {() => void} ends it */
  watch(topic) {
    this.#topics.add(topic);
    this.#wanted();
    return once(() => this.#topics.remove(topic));
  }

  /** Say that a post is on screen. @returns {() => void} says that it is not any more */
  view(post) {
    this.#views.add(post);
    this.#wanted();
    return once(() => this.#views.remove(post));
  }

  #wanted() {
    if (this.#started && this.#state === "off") this.start();
  }

  #connect() {
    this.#drop();
    this.#become("connecting");
    this.#socket = new Socket(this.#url, {
      opened: () => this.#greet(),
      message: (message) => this.#receive(message),
      closed: (code) => this.#closed(code),
    });
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#socket?.close();
    this.#rest();
  }

  #rest() {
    this.#socket = null;
    this.#heartbeat.stop();
    this.#topics.closed();
    this.#views.closed();
    this.#log.pause();
  }

  #greet() {
    const cursor = (this.#user && this.#log.cursor) || undefined;
    this.#send({ t: "hello", client: this.#client, cursor, topics: this.#topics.greet() });
  }

  #receive(message) {
    this.#heartbeat.heard();
    this.#on[message.t]?.(message);
  }

  #welcomed({ hb, user, epoch, head, resume }) {
    if (String(user?.id ?? "") !== this.#user) return this.#stop(SIGNED_OUT); // signed out, or in as another, elsewhere
    this.#heartbeat.start(hb);
    this.#topics.opened();
    this.#views.opened();
    if (this.#user && !this.#log.cursor) this.#resync({ epoch, seq: head }, resume);
  }

  // Comes again at the end of each resume.
  #ready(seq) {
    if (this.#user) this.#log.reach(seq);
    if (this.#state === "open") return;
    this.#backoff.opened();
    this.#become("open");
  }

  #beat(top) {
    this.#heartbeat.beat();
    if (this.#user && top !== undefined) this.#log.reach(top);
  }

  #deliver({ k, d, seq, mut, again }) {
    this.#emit(k, { ...d, seq, mut, again });
    this.#ackTimer ??= setTimeout(() => this.#ack(), ACK_MS);
  }

  #ack() {
    this.#ackTimer = null;
    this.#send({ t: "ack", seq: this.#log.cursor.seq });
  }

  #resync(at, reason) {
    this.#log.reset(at);
    const loads = [];
    this.#emit("resync", { reason, waitUntil: (load) => loads.push(load) });
    Promise.all(loads).then(() => this.#log.settle(), () => {}); // not loaded: the kept cursor stays behind
  }

  #topic({ topic, ver, d }) {
    if (this.#topics.advance(topic, ver)) this.#emit("topic", { topic, ver, d, first: false });
  }

  #answered({ topics = {}, denied = {} }) {
    for (const [topic, { ver, snap }] of Object.entries(topics)) {
      if (this.#topics.advance(topic, ver)) this.#emit("topic", { topic, ver, d: snap ?? {}, first: true });
    }
    for (const [topic, reason] of Object.entries(denied)) this.#refused(topic, reason);
  }

  #refused(topic, reason) {
    this.#topics.forget(topic);
    this.#emit("denied", { topic, reason });
  }

  #move([least, most]) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), least + Math.random() * (most - least));
  }

  #closed(code) {
    const worked = this.#state === "open";
    this.#rest();
    if (advice(code) === "stop") return this.#stop(code);
    this.#become("waiting", code);
    // A server that sends everyone away before it is ready must not be asked again and again at once.
    const wait = advice(code) === "at-once" && worked ? 0 : this.#backoff.next();
    this.#timer ??= setTimeout(() => this.#connect(), wait); // `reconnect` may have set the time already
  }

  #stop(code) {
    this.#drop();
    this.#become("stopped", code);
  }

  #become(state, code = null) {
    this.#state = state;
    this.#code = code;
    this.#emit("state", { state, code });
  }

  #send(message) {
    this.#socket?.send(message);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function once(end) {
  let ended = false;
  return () => {
    if (!ended) end();
    ended = true;
  };
}
