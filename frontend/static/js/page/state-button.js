/** A button that is on or off, as desired state: drawn at once, the server brought there behind it. Without JavaScript it is its form. */

import { Desired } from "../lib/desired.js";
import { live, me } from "./live.js";
import { lasting, wished } from "./outbox.js";
import { say } from "./say.js";

/** What follows from `state`, the name of the data attribute, is the same for all of them; the rest is a subclass's. */
export class StateButton extends HTMLElement {
  #gone = null;
  #keys = new Set();
  #desired = new Desired({
    settled: this.on,
    ...lasting((on) => this.#request(on)),
    confirmed: (answer) => this.confirmed(answer),
    failed: (error, on) => this.#failed(error, on),
  });

  connectedCallback() {
    if (!me.id) return; // the form leads to the log-in page
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    live.addEventListener(this.kind, ({ detail }) => this.#told(detail), { signal });
    this.#resume();
  }

  disconnectedCallback() {
    this.#gone?.abort();
  }

  /** @returns {boolean} as it is drawn */
  get on() {
    return this.dataset[this.state] === "true";
  }

  /** Bring it there; a second call changes nothing. */
  want(on) {
    if (!me.id || on === this.on) return;
    this.#draw(on);
    this.wanted(on);
    this.#desired.want(on);
  }

  /** The person has pressed. */
  wanted() {}

  /** The server is where the person wants it. */
  confirmed() {}

  /** The server refused. */
  refused() {}

  /** The server told of it, maybe from another page or device. */
  heard() {}

  #submitted(event) {
    event.preventDefault();
    this.want(!this.on);
  }

  // What another page of this browser wished and could not send.
  async #resume() {
    const on = await wished(this.path);
    if (on !== undefined) this.want(on);
  }

  #request(on) {
    const key = crypto.randomUUID();
    this.#keys.add(key);
    return { lane: this.path, key, method: on ? "PUT" : "DELETE", path: this.path };
  }

  #failed(error, on) {
    this.#draw(on);
    this.refused();
    say(error.message);
  }

  // This page's own echo comes late and may be overtaken.
  #told({ mut, ...detail }) {
    if (!this.isAbout(detail) || this.#keys.has(mut)) return;
    this.heard(detail);
    if (this.#desired.busy) return;
    this.#desired.told(detail[this.state]);
    this.#draw(detail[this.state]);
  }

  #draw(on) {
    this.dataset[this.state] = String(on);
    this.querySelector("button").setAttribute("aria-pressed", String(on));
    this.querySelector('input[name="undo"]').disabled = !on;
  }
}
