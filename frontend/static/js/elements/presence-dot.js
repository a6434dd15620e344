/** Lit while somebody is there. Only mutual followers are told of each other; to all others it stays hidden. */

import { live } from "../page/live.js";

class PresenceDot extends HTMLElement {
  #gone = null;
  #timer = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    const topic = `presence:${this.dataset.username}`;
    for (const type of ["topic", "ephemeral"]) {
      live.addEventListener(type, ({ detail }) => detail.topic === topic && this.#told(detail), { signal });
    }
    for (const type of ["denied", "revoked"]) live.addEventListener(type, ({ detail }) => this.#lost(detail, topic), { signal });
    signal.addEventListener("abort", live.presence(this.dataset.username));
  }

  disconnectedCallback() {
    this.#gone.abort();
    clearTimeout(this.#timer);
  }

  #told({ d, ttl }) {
    clearTimeout(this.#timer);
    this.hidden = !d.online;
    if (d.online && ttl) this.#timer = setTimeout(() => (this.hidden = true), ttl); // whoever tells no more is not there
  }

  #lost({ topic, topics = [topic], all }, ours) {
    if (all || topics.includes(ours)) this.#told({ d: { online: false } });
  }
}

customElements.define("presence-dot", PresenceDot);
