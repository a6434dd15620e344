/** One file on its way to the server. Shows nothing: it tells how far it is. */

const TIMEOUT_MS = 120_000;
const GONE = "Not sent. Check your connection.";

/** Events: `change`. States: waiting, uploading, processing (the server has it), ready, failed, cancelled. */
export class Upload extends EventTarget {
  state = "waiting";
  progress = 0;
  reason = "";
  media = null;
  #file;
  #url;
  #headers;
  #key = crypto.randomUUID();
  #request = null;

  /**
   * @param {File} file
   * @param {string} url
   * @param {(key: string) => Record<string, string>} headers for an idempotency key, asked for at each try
   */
  constructor(file, url, headers) {
    super();
    this.#file = file;
    this.#url = url;
    this.#headers = headers;
  }

  get file() {
    return this.#file;
  }

  /** Send, or send again after a failure. XHR, since `fetch` cannot tell the progress of a request. */
  start() {
    const request = new XMLHttpRequest();
    this.#request = request;
    request.open("POST", this.#url);
    request.timeout = TIMEOUT_MS;
    for (const [name, value] of Object.entries(this.#headers(this.#key))) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => this.#become("uploading", { progress: loaded / total });
    request.onload = () => this.#answered(request);
    request.onerror = () => this.#become("failed", { reason: GONE });
    request.ontimeout = request.onerror;
    request.send(this.#form());
    this.#become("uploading", { progress: 0 });
  }

  cancel() {
    this.#request?.abort();
    this.#become("cancelled");
  }

  /** The server has looked at it. */
  judged({ state, reason }) {
    if (state === "ready" || state === "failed") this.#become(state, { reason: reason ?? "" });
  }

  /** @returns {Promise<void>} kept when no more bytes are to be sent, for whatever reason */
  sent() {
    if (this.state !== "waiting" && this.state !== "uploading") return Promise.resolve();
    return new Promise((resolve) => {
      this.addEventListener("change", () => resolve(this.sent()), { once: true });
    });
  }

  #form() {
    const form = new FormData();
    form.append("file", this.#file);
    return form;
  }

  #answered(request) {
    const answer = read(request.responseText);
    if (request.status < 300 && answer.id) this.#become("processing", { progress: 1, media: answer.id });
    else this.#refused(answer);
  }

  #refused(answer) {
    this.#key = crypto.randomUUID(); // the next try is another one: the same key would get this answer again
    this.#become("failed", { reason: answer.detail || answer.title || "This photo was not accepted." });
  }

  #become(state, facts = {}) {
    Object.assign(this, { state }, facts);
    this.dispatchEvent(new Event("change"));
  }
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // a proxy's error page
  }
}
