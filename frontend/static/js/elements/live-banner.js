/** Tells the state of the line, but only when it matters to a person: a short break is nobody's business. */

import { _, fill } from "../lib/gettext.js";
import { live } from "../page/live.js";

const SILENT_MS = 2_000;
const OFFLINE_MS = 10_000;
const BACK_MS = 2_000;
const TEXTS = {
  reconnecting: _("Reconnecting…"),
  offline: _("Offline. What you do is kept."),
  paused: _("Live updates paused, reconnecting"),
  back: _("Back online"),
  stopped: _("Live updates stopped. Reload the page."),
  4401: _("You are signed out here. Reload the page."),
  4403: _("This account is suspended."),
  4409: _("Live updates moved to your other windows."),
  4423: _("This session was ended elsewhere."),
};
// Operators are told what it is that does not answer, and where to look.
const BROKEN = {
  bus: _("Live updates paused: Redis does not answer."),
  redis: _("Live updates paused: Redis does not pass them on."),
  worker: _("Live updates paused: no worker is at work."),
  database: _("Live updates paused: PostgreSQL does not answer."),
};
const OPERATIONS = _("Operations"); // what a link says
const SIGN_IN = { 4423: _("Sign in again") }; // what a link says

// A page that was loaded since it began says it by itself.
const notice = () => document.querySelector("[data-maintenance]");

// The operator's own words are in no catalogue.
function maintained({ until, message }) {
  const end = new Date(until ?? 0);
  const time = end.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const said = end > new Date()
    ? fill(_("Maintenance until about %(time)s: nothing can be changed for now."), { time })
    : _("Maintenance: nothing can be changed for now.");
  return `${said} ${message}`.trim();
}

class LiveBanner extends HTMLElement {
  #gone = null;
  #timers = [];
  #away = false;
  #serverPaused = false;
  #maintenance = null;
  #why = "";

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    live.addEventListener("state", ({ detail }) => this.#changed(detail), { signal });
    live.addEventListener("topic", ({ detail }) => detail.topic === "live" && this.#told(detail.d), { signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
    this.#clear();
  }

  #changed({ state, code }) {
    if (state === "open") this.#back();
    else if (state === "stopped") this.#stopped(code);
    else if (state === "connecting") this.#forget(); // another connection, perhaps to another server
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
    if (this.#serverPaused) return this.#paused();
    if (this.#maintenance && !notice()) return this.#show("maintenance", maintained(this.#maintenance));
    if (!this.textContent) return this.#rest();
    this.#show("back");
    this.#after(BACK_MS, () => this.#rest());
  }

  #stopped(code) {
    this.#clear();
    this.#away = true;
    this.#show("stopped", TEXTS[code]);
    if (!SIGN_IN[code]) return;
    const { pathname, search } = location;
    this.#link(SIGN_IN[code], `${this.dataset.login}?${new URLSearchParams({ next: pathname + search })}`);
  }

  #paused() {
    const { operations } = this.dataset;
    this.#show("paused", operations && BROKEN[this.#why]);
    if (operations) this.#link(OPERATIONS, operations);
  }

  #link(text, href) {
    this.append(" ", Object.assign(document.createElement("a"), { href, textContent: text }));
  }

  // The line stands, but the server itself is cut off from the news. It may say so before the line is ready.
  #told({ state, why, maintenance }) {
    this.#serverPaused = state === "paused";
    this.#why = why;
    this.#maintenance = maintenance;
    if (!maintenance) notice()?.remove();
    if (!this.#away) this.#back();
  }

  #forget() {
    this.#serverPaused = false;
    this.#maintenance = null;
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
