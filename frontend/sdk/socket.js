/** One websocket from opening to its end, in messages. It never opens again: that is for `Line`. */

import { CLOSE } from "./closes.js";
import { split } from "./frames.js";

const GREETING_MS = 15_000; // from the first packet to the first message

export class Socket {
  /** The server answers heartbeats on it. */
  beats = true;
  #ws;
  #closed;
  #deadline;
  #over = new AbortController();

  /**
   * @param {string} url
   * @param {object} on
   * @param {() => void} on.opened
   * @param {(message: object) => void} on.message
   * @param {(code: number) => void} on.closed called once, also when this side gives up; not after `close`
   * @param {object} [options]
   * @param {typeof globalThis.WebSocket} [options.WebSocket]
   * @param {Record<string, string>} [options.headers] outside browsers
   */
  constructor(url, { opened, message, closed }, { WebSocket = globalThis.WebSocket, headers = {} } = {}) {
    this.#ws = Object.keys(headers).length ? new WebSocket(url, { headers }) : new WebSocket(url);
    this.#closed = closed;
    this.#deadline = setTimeout(() => this.abandon(), GREETING_MS);
    this.#listen("open", opened);
    this.#listen("message", ({ data }) => {
      clearTimeout(this.#deadline);
      for (const each of split(data)) if (!this.#over.signal.aborted) message(each);
    });
    this.#listen("error", () => {}); // a close follows
    this.#listen("close", ({ code }) => {
      this.#end();
      closed(code);
    });
  }

  /** Send a message; on a socket that is not open it is lost, and the next welcome makes it good. */
  send(message) {
    if (this.#ws.readyState === this.#ws.constructor.OPEN) this.#ws.send(JSON.stringify(message));
  }

  /** Leave politely, and hear nothing more. */
  close() {
    this.#end();
    this.#ws.close(CLOSE.NORMAL);
  }

  /** Give up a dead connection at once: its closing handshake could take minutes. */
  abandon() {
    this.close();
    this.#closed(CLOSE.ABNORMAL);
  }

  #listen(type, listener) {
    this.#ws.addEventListener(type, listener, { signal: this.#over.signal });
  }

  #end() {
    clearTimeout(this.#deadline);
    this.#over.abort();
  }
}
