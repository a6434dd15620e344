/** The way over Server-Sent Events, as if it were a socket. What a client would say goes into the address. */

import { CLOSE } from "./closes.js";
import { split } from "./frames.js";
import { get, read, written } from "./requests.js";

const SILENCE_MS = 60_000; // two heartbeats of the server and some
const GATHER_MS = 200; // topics that come one by one are one new request

export class Stream {
  /** The server cannot hear heartbeats on it. */
  beats = false;
  #url;
  #on;
  #how;
  #cursor = null;
  #ticket;
  #topics = new Set();
  #asking = new AbortController();
  #timers = {};
  #over = false;
  #says = {
    hello: ({ auth, cursor, topics }) => this.#begin(auth?.ticket, cursor, topics),
    resume: ({ epoch, seq }) => this.#ask({ epoch, seq }),
    sub: ({ topics }) => this.#watch(topics),
    unsub: ({ topics }) => topics.forEach((topic) => this.#topics.delete(topic)),
  };

  /**
   * @param {URL} url
   * @param {object} on see Socket
   * @param {{fetch?: typeof globalThis.fetch, headers?: Record<string, string>}} [how]
   */
  constructor(url, on, { fetch = globalThis.fetch.bind(globalThis), headers = {} } = {}) {
    this.#url = url;
    this.#on = on;
    this.#how = { fetch, headers };
    on.opened();
  }

  /** Say it, if it can be said this way. */
  send(message) {
    this.#says[message.t]?.(message);
  }

  close() {
    this.#over = true;
    this.#asking.abort();
    Object.values(this.#timers).forEach(clearTimeout);
  }

  abandon() {
    this.#end(CLOSE.ABNORMAL);
  }

  #begin(ticket, cursor, topics) {
    this.#ticket = ticket;
    this.#topics = new Set(topics);
    this.#ask(cursor ?? null);
  }

  // Only the next request can name more topics. What is not wanted any more may come until then.
  #watch(topics) {
    const known = this.#topics.size;
    topics.forEach((topic) => this.#topics.add(topic));
    if (this.#topics.size > known) this.#timers.gather ??= setTimeout(() => this.#ask(this.#cursor), GATHER_MS);
  }

  async #ask(cursor) {
    clearTimeout(this.#timers.gather);
    delete this.#timers.gather;
    this.#heard();
    this.#asking.abort();
    const { signal } = (this.#asking = new AbortController());
    this.#cursor = cursor;
    const headers = cursor ? { ...this.#how.headers, "Last-Event-ID": written(cursor) } : this.#how.headers;
    const query = { topics: [...this.#topics].join(","), ticket: this.#ticket };
    this.#ticket = undefined; // good for one
    try {
      await this.#read(await get(this.#url, query, { ...this.#how, headers, signal }), signal);
      if (!signal.aborted) this.#end(CLOSE.ABNORMAL);
    } catch ({ code }) {
      if (!signal.aborted) this.#end(typeof code === "number" && code > CLOSE.NORMAL ? code : CLOSE.ABNORMAL);
    }
  }

  async #read(answer, signal) {
    let text = "";
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (this.#heard(); ; this.#heard()) {
      const { value, done } = await reader.read();
      if (done || signal.aborted) return;
      const events = (text + value).split("\n\n");
      text = events.pop();
      for (const event of events) if (!signal.aborted) this.#event(event);
    }
  }

  #event(text) {
    const id = /^id: ?(.*)$/m.exec(text)?.[1];
    const data = text.replace(/^(?!data:).*$/gm, "").replace(/^data: ?/gm, "");
    for (const message of split(data)) {
      if (message.t === "close") return this.#end(message.code);
      this.#on.message(message);
    }
    if (id) this.#cursor = read(id);
  }

  #heard() {
    clearTimeout(this.#timers.silence);
    if (!this.#over) this.#timers.silence = setTimeout(() => this.abandon(), SILENCE_MS);
  }

  #end(code) {
    if (this.#over) return;
    this.close();
    this.#on.closed(code);
  }
}
