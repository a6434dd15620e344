/** Tells the state of the line, but only when it matters to a person: a short break is nobody's business. */

import { live } from "../page/live.js";

const SILENT_MS = 2_000;
const OFFLINE_MS = 10_000;
const BACK_MS = 2_000;
const TEXTS = {
  reconnecting: "Reconnecting…",
  offline: "You are offline. What you do is kept.",
  paused: "Live updates paused, reconnecting",
  back: "Back online",
  stopped: "Live updates stopped. Reload the page.",
  4401: "You are signed out here. Reload the page.",
  4403: "This account is suspended.",
  4409: "Live updates moved to your other windows.",
  4423: "This session was ended elsewhere.",
};
const SIGN_IN = { 4423: "Sign in again" }; // what a link says

class LiveBanner extends HTMLElement {
  #gone = null;
  #timers = [];
  #away = false;
  #serverPaused = false;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    live.addEventListener("state", ({ detail }) => this.#changed(detail), { signal });
    live.addEventListener("topic", ({ detail }) => detail.topic === "live" && this.#told(detail.d.state), { signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
    this.#clear();
  }

  #changed({ state, code }) {
    if (state === "open") this.#back();
    else if (state === "stopped") this.#stopped(code);
    else if (state === "connecting") this.#serverPaused = false; // another connection, perhaps to another server
    if (state !== "open" && state !== "stopped" && !this.#away) this.#lost();
  }

  #lost() {
    this.#clear();
    this.#away = true;
    this.#rest();
    this.dataset.state = "connecting"; // without words: the dot in the header follows it
    this.#after(SILENT_MS, () => this.#show("reconnecting"));
    this.#after(OFFLINE_MS, () => this.#show("offline"));
  }

  #back() {
    this.#clear();
    this.#away = false;
    if (this.#serverPaused) return this.#show("paused");
    if (!this.textContent) return this.#rest();
    this.#show("back");
    this.#after(BACK_MS, () => this.#rest());
  }

  #stopped(code) {
    this.#clear();
    this.#away = true;
    this.#show("stopped", TEXTS[code]);
    if (SIGN_IN[code]) this.append(" ", this.#link(SIGN_IN[code]));
  }

  #link(text) {
    const link = document.createElement("a");
    const { pathname, search } = location;
    link.href = `${this.dataset.login}?${new URLSearchParams({ next: pathname + search })}`;
    link.textContent = text;
    return link;
  }

  // The line stands, but the server itself is cut off from the news. It may say so before the line is ready.
  #told(state) {
    this.#serverPaused = state === "paused";
    if (!this.#away) this.#back();
  }

  #show(state, text = TEXTS[state]) {
    this.dataset.state = state;
    this.textContent = text;
    this.hidden = false;
  }

  #rest() {
    delete this.dataset.state;
    this.textContent = "";
    this.hidden = true;
  }

  #after(ms, then) {
    this.#timers.push(setTimeout(then, ms));
  }

  #clear() {
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
  }
}

customElements.define("live-banner", LiveBanner);
