/** The connection to the server, over and over: opens, greets, beats, renews, moves, comes back. Keeps no events. */

import { Backoff } from "./backoff.js";
import { advice, CLOSE } from "./closes.js";
import { Heartbeat } from "./heartbeat.js";
import { Topics } from "./topics.js";
import { Views } from "./views.js";

const TICKET_EXPIRED = 109;
const TURNED_AWAY = [106, 111]; // limit, rate limited: with `retry_ms` the same may be asked later

export class Line {
  #ways;
  #auth;
  #user;
  #client;
  #cursor;
  #on;
  #backoff;
  #heartbeat;
  #topics = new Topics((message) => this.say(message));
  #views = new Views((message) => this.say(message));
  #socket = null;
  #state = "connecting";
  #timer = null;
  #dueAt = 0;
  #quiet = null;
  #welcomed = false;
  #handles = {
    welcome: (message) => this.#welcome(message),
    ready: () => this.#ready(),
    hb: () => this.#heartbeat.beat(),
    ok: ({ session }) => session && this.#keep(session),
    reconnect: ({ in: window }) => this.#move(window),
    err: (message) => this.#refused(message),
  };

  /**
   * @param {object} options
   * @param {import("./ways.js").Ways} options.ways
   * @param {import("./auth.js").Auth} options.auth
   * @param {string | undefined} options.user the id it must be; undefined takes whoever the server says
   * @param {object} options.client told to the server: app, ver, device
   * @param {Backoff} [options.backoff]
   * @param {() => object | undefined} options.cursor what the greeting asks to be resumed from
   * @param {object} on
   * @param {(state: string, code: number | null) => void} on.state
   * @param {(frame: object) => void} on.frame every message of the server
   */
  constructor({ ways, auth, user, client, backoff = new Backoff(), cursor }, on) {
    this.#ways = ways;
    this.#auth = auth;
    this.#user = user;
    this.#client = client;
    this.#backoff = backoff;
    this.#cursor = cursor;
    this.#on = on;
    this.#heartbeat = new Heartbeat({
      send: () => this.say({ t: "hb", seq: this.#cursor()?.seq ?? 0 }),
      dead: () => this.#socket?.abandon(),
    });
  }

  /** @returns {"off" | "connecting" | "open" | "waiting" | "stopped"} */
  get state() {
    return this.#state;
  }

  /** Connect now, whatever was before. */
  connect() {
    this.#drop();
    this.#become("connecting");
    const closed = (code) => this.#closed(code);
    try {
      const socket = (this.#socket = this.#ways.open({
        opened: () => queueMicrotask(() => this.#greet(socket)),
        message: (message) => this.#receive(message),
        closed,
      }));
    } catch {
      closed(CLOSE.ABNORMAL); // there are places without websockets
    }
  }

  /** The network or the person came back: do not wait any longer, or see whether the line is alive. */
  wake() {
    const better = this.#ways.better();
    if (this.#state === "waiting" || (better && this.#state !== "stopped")) this.connect();
    else this.#heartbeat.probe();
  }

  /** Look at the clock: a hidden page's timers may be a minute late, the messages that call this are not. */
  nudge() {
    if (this.#state === "waiting" && Date.now() >= this.#dueAt) this.connect();
  }

  /** The line is surely cut. Do not wait for the heartbeat to find out. */
  cut() {
    this.#socket?.abandon();
  }

  /** End it. */
  close() {
    this.#drop();
    this.#state = "off";
  }

  /** Want these topics and posts in view, and no others. */
  want(topics, views) {
    this.#topics.want(topics);
    this.#views.want(views);
  }

  /** Ask for the present state of watched topics: somebody new looks at them. */
  again(topics) {
    if (topics.length) this.#topics.again(topics);
  }

  /** Send a message; without a connection it is lost. */
  say(message) {
    this.#socket?.send(message);
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#socket?.close();
    this.#rest();
  }

  #rest() {
    clearTimeout(this.#quiet);
    this.#socket = null;
    this.#welcomed = false;
    this.#heartbeat.stop();
    this.#auth.stop();
    this.#topics.closed();
    this.#views.closed();
  }

  async #greet(socket) {
    try {
      const auth = await this.#auth.greeting();
      if (socket !== this.#socket) return;
      this.say({ t: "hello", auth, client: this.#client, cursor: this.#cursor(), topics: this.#topics.greet() });
    } catch ({ code }) {
      if (socket !== this.#socket) return;
      if (code) this.#stop(code);
      else socket.abandon();
    }
  }

  #receive(message) {
    this.#heartbeat.heard();
    this.#handles[message.t]?.(message);
    if (this.#state !== "stopped") this.#on.frame(message);
    if (message.t === "ready" && this.#state === "connecting") this.#become("open"); // after it is told: all is drawn
  }

  #welcome({ hb, user, session }) {
    const id = user === undefined ? this.#user : String(user?.id ?? ""); // polling does not tell
    if (id !== (this.#user ?? id)) return this.#stop(CLOSE.UNAUTHENTICATED); // signed out, or in as another, elsewhere
    this.#welcomed = true;
    this.#ways.worked();
    if (this.#socket.beats) this.#heartbeat.start(hb);
    this.#keep(session);
    this.#topics.opened();
    this.#views.opened();
  }

  // Comes again at the end of each resume.
  #ready() {
    if (this.#state === "connecting") this.#backoff.opened();
  }

  #keep(session) {
    this.#auth.until(session?.expires, (ticket) => this.say({ t: "auth", id: "auth", ticket }));
  }

  #refused({ code, retry_ms: retryMs }) {
    if (code === TICKET_EXPIRED) this.#renew();
    if (TURNED_AWAY.includes(code) && retryMs) this.#hush(retryMs);
  }

  #renew() {
    this.#auth.expired(); // for the greeting, if this was the answer to one
    if (this.#welcomed) this.#auth.renew((ticket) => this.say({ t: "auth", id: "auth", ticket }));
  }

  // Which request was turned away need not be known: what is wanted is told once more, and telling it twice is harmless.
  #hush(retryMs) {
    clearTimeout(this.#quiet);
    this.#topics.closed();
    this.#views.closed();
    this.#quiet = setTimeout(() => {
      this.#topics.reopened();
      this.#views.reopened();
    }, retryMs);
  }

  #move([least, most]) {
    clearTimeout(this.#timer);
    this.#wait(least + Math.random() * (most - least));
  }

  #closed(code) {
    const worked = this.#state === "open";
    if (!this.#welcomed) this.#ways.failed();
    this.#rest();
    if (code === CLOSE.RENEW_TICKET) this.#auth.expired();
    if (advice(code) === "stop") return this.#stop(code);
    // A server that sends everyone away before it is ready must not be asked again and again at once.
    const wait = advice(code) === "at-once" && worked ? 0 : this.#backoff.next();
    if (this.#timer === null) this.#wait(wait); // `reconnect` may have set the time already
    this.#become("waiting", code);
  }

  #wait(ms) {
    this.#dueAt = Date.now() + ms;
    this.#timer = setTimeout(() => this.connect(), ms);
  }

  #stop(code) {
    this.#drop();
    this.#become("stopped", code);
  }

  #become(state, code = null) {
    this.#state = state;
    this.#on.state(state, code);
  }
}
