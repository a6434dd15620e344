/** A bare rt.v1 socket to look at: says hello, beats, remembers its cursor, and shows every frame. It never reconnects. */

import { split } from "../../sdk/frames.js";

/**
 * Events, each a CustomEvent; `detail` is
 * - `frame`: {out, text, message}: one message, in either direction; `message` is null where it is no JSON
 * - `change`: whatever `status` tells has changed
 * - `end`: {code, reason}: closed by the other side, or by the network
 */
export class Probe extends EventTarget {
  #url;
  #ws = null;
  #over = null;
  #timer = null;
  #state = "off";
  #told = { conn: "", resume: "", head: 0, user: null };
  #replayed = 0;
  #cursor = null;

  /** @param {string} url of the socket */
  constructor(url) {
    super();
    this.#url = url;
  }

  /** @returns {{state: "off" | "connecting" | "greeting" | "live", cursor: {epoch: string, seq: number} | null}} and more */
  get status() {
    return { ...this.#told, state: this.#state, cursor: this.#cursor, replayed: this.#replayed };
  }

  /**
   * @param {object} hello what the first frame says beside its type
   */
  connect(hello) {
    this.#leave();
    this.#replayed = 0;
    this.#cursor = hello.cursor ?? null;
    this.#over = new AbortController();
    this.#ws = new WebSocket(this.#url);
    this.#become("connecting");
    this.#listen("open", () => {
      this.#become("greeting");
      this.send(JSON.stringify({ t: "hello", ...hello }));
    });
    this.#listen("message", ({ data }) => data.split("\n").filter(Boolean).forEach((text) => this.#hear(text)));
    this.#listen("close", ({ code, reason }) => {
      this.#leave();
      this.dispatchEvent(new CustomEvent("end", { detail: { code, reason } }));
    });
  }

  /** Send a text as it is. @returns {boolean} whether there was a line to send it on */
  send(text) {
    if (this.#ws?.readyState !== WebSocket.OPEN) return false;
    this.#ws.send(text);
    this.#show(true, text);
    return true;
  }

  /** End the line without a word and without waiting, as a network would. The cursor stays. */
  drop() {
    this.#leave();
  }

  #hear(text) {
    const message = this.#show(false, text);
    if (!message) return;
    this.#follow[message.t]?.(message);
    this.#changed();
  }

  #follow = {
    welcome: ({ conn, resume, head, epoch, user, hb }) => {
      this.#told = { conn, resume, head, user };
      this.#cursor ??= user ? { epoch, seq: head } : null;
      if (resume === "resync" && user) this.#cursor = { epoch, seq: head };
      clearInterval(this.#timer);
      this.#timer = setInterval(() => this.send(JSON.stringify({ t: "hb", seq: this.#cursor?.seq ?? 0 })), hb.every);
    },
    ready: ({ seq }) => {
      this.#reach(seq);
      this.#become("live");
    },
    ev: ({ seq, r }) => {
      if (r) this.#replayed += 1;
      this.#reach(seq);
    },
    hb: ({ top }) => {
      this.#told.head = Math.max(this.#told.head, top);
    },
    resync: ({ at }) => {
      this.#cursor = at;
    },
  };

  #reach(seq) {
    this.#told.head = Math.max(this.#told.head, seq);
    if (this.#cursor) this.#cursor = { ...this.#cursor, seq: Math.max(this.#cursor.seq, seq) };
  }

  #show(out, text) {
    const [message = null] = split(text);
    this.dispatchEvent(new CustomEvent("frame", { detail: { out, text, message } }));
    return message;
  }

  #leave() {
    clearInterval(this.#timer);
    this.#over?.abort();
    this.#ws?.close();
    this.#ws = null;
    this.#become("off");
  }

  #listen(type, listener) {
    this.#ws.addEventListener(type, listener, { signal: this.#over.signal });
  }

  #become(state) {
    this.#state = state;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}
