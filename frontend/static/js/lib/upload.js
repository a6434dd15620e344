/** One file on its way to the server. Shows nothing: it tells how far it is. */

import { _ } from "./gettext.js";

const STALLED_MS = 45_000; // not a byte in so long: the line is dead, whatever the browser believes
const CONFLICT = 409;
const BROKEN = 500; // or busy: from here on the same request may succeed later
const SENDING = ["waiting", "preparing", "uploading", "paused"];

const LOST = () => _("Not sent yet. It goes on once the connection is back.");

/**
 * Events: `change`. States: waiting, preparing, uploading, paused, processing (the server has it), ready, failed,
 * cancelled. The server takes a file whole, so that going on after a pause means sending it again, with the same
 * Idempotency-Key: what had arrived after all is not made twice.
 */
export class Upload extends EventTarget {
  state = "waiting";
  progress = 0;
  reason = "";
  media;
  key;
  lost = false; // failed for want of a line, so that it may go on by itself
  #bytes;
  #url;
  #headers;
  #try = 0;
  #request = null;

  /**
   * @param {() => Promise<Blob>} bytes what to send
   * @param {string} url
   * @param {(key: string) => Record<string, string>} headers for an idempotency key, asked for at each try
   * @param {{key?: string, media?: string}} [before] what an earlier visit had come to
   */
  constructor(bytes, url, headers, { key = crypto.randomUUID(), media = null } = {}) {
    super();
    Object.assign(this, { key, media });
    if (media) this.state = "processing";
    this.#bytes = bytes;
    this.#url = url;
    this.#headers = headers;
  }

  /** Send, if it waits for that. Kept when it goes no further, for whatever reason. */
  async start() {
    if (this.state !== "waiting") return;
    this.#become("preparing", { progress: 0, reason: "", lost: false });
    const tried = this.#try;
    try {
      const bytes = await this.#bytes();
      if (tried === this.#try) await this.#sent(bytes, tried);
    } catch (error) {
      if (tried === this.#try) this.refuse(error.message);
    }
  }

  pause() {
    if (SENDING.includes(this.state)) this.#stop("paused");
  }

  /** Wait to be started: after a pause or a failure. What the server had but could not prepare is sent anew. */
  resume() {
    if (this.state === "failed" && this.media) this.renew();
    else if (this.state === "paused" || this.state === "failed") this.#become("waiting", { reason: "", lost: false });
  }

  /** Wait to be started with other bytes, or with the same as if never sent. @returns {string | null} the former media */
  renew() {
    const { media } = this;
    this.#stop("waiting", { media: null, key: crypto.randomUUID(), progress: 0, reason: "", lost: false });
    return media;
  }

  cancel() {
    this.#stop("cancelled");
  }

  refuse(reason) {
    this.#stop("failed", { reason, lost: false });
  }

  /** The server has looked at it. */
  judged({ state, reason }) {
    if (state === "ready" || state === "failed") this.#become(state, { reason: reason ?? "" });
  }

  /** @returns {Promise<void>} kept when no more bytes are to be sent, for whatever reason but a lost line */
  sent() {
    if (!SENDING.includes(this.state) && !(this.state === "failed" && this.lost)) return Promise.resolve();
    return new Promise((resolve) => {
      this.addEventListener("change", () => resolve(this.sent()), { once: true });
    });
  }

  /** XHR, since `fetch` cannot tell the progress of a request. */
  #sent(bytes, tried) {
    const request = new XMLHttpRequest();
    this.#request = request;
    request.open("POST", this.#url);
    for (const [name, value] of Object.entries(this.#headers(this.key))) request.setRequestHeader(name, value);
    return new Promise((resolve) => {
      const stalled = watchdog(() => request.abort());
      request.upload.onprogress = ({ loaded, total }) => {
        stalled.reset();
        if (tried === this.#try) this.#become("uploading", { progress: loaded / total });
      };
      request.onloadend = () => {
        stalled.stop();
        if (tried === this.#try) this.#ended(request);
        resolve();
      };
      request.send(form(bytes));
      this.#become("uploading");
    });
  }

  #ended({ status, responseText }) {
    const answer = read(responseText);
    if (status === 0 || status >= BROKEN) this.#become("failed", { reason: answer.detail || LOST(), lost: true });
    else if (status < 300 && answer.id) this.#become("processing", { progress: 1, media: answer.id });
    else if (status === CONFLICT) this.renew(); // what the key had made is gone: this is a new photo
    else this.#refused(answer);
  }

  #refused({ detail, title }) {
    this.key = crypto.randomUUID(); // the next try is another one: the same key would get this answer again
    this.#become("failed", { reason: detail || title || _("This file was not accepted.") });
  }

  #stop(state, facts) {
    this.#try += 1; // what runs is of no more interest
    this.#request?.abort();
    this.#request = null;
    this.#become(state, facts);
  }

  #become(state, facts = {}) {
    Object.assign(this, { state }, facts);
    this.dispatchEvent(new Event("change"));
  }
}

function watchdog(bite) {
  let timer = setTimeout(bite, STALLED_MS);
  return {
    reset() {
      clearTimeout(timer);
      timer = setTimeout(bite, STALLED_MS);
    },
    stop: () => clearTimeout(timer),
  };
}

function form(bytes) {
  const form = new FormData();
  form.append("file", bytes, bytes.name ?? "photo");
  return form;
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // a proxy's error page
  }
}
