/** The way by asking again and again, as if it were a socket: durable events only. */

import { CLOSE } from "./closes.js";
import { get, written } from "./requests.js";

const WAIT_SECONDS = 25;
const PATIENCE_MS = 35_000;

export class Poll {
  beats = false;
  #url;
  #on;
  #how;
  #cursor = null;
  #asking = new AbortController();
  #over = false;

  /** See Stream. */
  constructor(url, on, { fetch = globalThis.fetch.bind(globalThis), headers = {} } = {}) {
    this.#url = url;
    this.#on = on;
    this.#how = { fetch, headers };
    on.opened();
  }

  /** Say it, if it can be said this way. */
  send({ t, auth, cursor, epoch, seq }) {
    if (t === "hello") this.#run(cursor ?? null, auth?.ticket);
    if (t === "resume") this.#run({ epoch, seq });
  }

  close() {
    this.#over = true;
    this.#asking.abort();
  }

  abandon() {
    this.#end(CLOSE.ABNORMAL);
  }

  async #run(cursor, ticket) {
    this.#asking.abort();
    const { signal } = (this.#asking = new AbortController());
    this.#cursor = cursor;
    try {
      this.#begin(await this.#ask({ ticket }, signal), signal);
      while (!signal.aborted) this.#take(await this.#ask({ wait: String(WAIT_SECONDS) }, signal), signal);
    } catch ({ code }) {
      if (!signal.aborted) this.#end(typeof code === "number" && code > CLOSE.NORMAL ? code : CLOSE.ABNORMAL);
    }
  }

  async #ask(query, signal) {
    const after = this.#cursor ? written(this.#cursor) : undefined;
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const answer = await get(this.#url, { after, ...query }, { ...this.#how, signal: patience });
    return answer.json();
  }

  // The frames that a socket would begin with.
  #begin(answer, signal) {
    if (signal.aborted) return;
    const { epoch, head, resync } = answer;
    const resume = this.#cursor ? (resync ? "resync" : "replaying") : "fresh";
    this.#on.message({ t: "welcome", epoch, head, resume });
    this.#cursor ??= { epoch, seq: head };
    this.#take(answer, signal, true);
  }

  #take({ items, head, epoch, resync }, signal, first = false) {
    if (signal.aborted) return;
    const at = { epoch, seq: head };
    if (resync) this.#on.message({ t: "resync", reason: "behind", at });
    for (const frame of items) if (!signal.aborted) this.#on.message(frame);
    if (signal.aborted) return;
    this.#cursor = resync ? at : { epoch, seq: items.at(-1)?.seq ?? this.#cursor.seq };
    if (first || resync) this.#on.message({ t: "ready", seq: head });
  }

  #end(code) {
    if (this.#over) return;
    this.close();
    this.#on.closed(code);
  }
}
