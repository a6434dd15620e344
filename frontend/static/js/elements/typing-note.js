/** Who is writing under a post just now. Not announced: it would talk over those who write. */

import { _, fill } from "../lib/gettext.js";
import { live, me } from "../page/live.js";

class TypingNote extends HTMLElement {
  #gone = null;
  #timers = new Map(); // by username, in the order of their coming

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    const topic = `post:${this.dataset.post}`;
    live.addEventListener("ephemeral", ({ detail }) => detail.topic === topic && this.#told(detail), { signal });
    live.addEventListener("topic", ({ detail }) => detail.topic === topic && this.#said(detail.d), { signal });
    signal.addEventListener("abort", live.watch(topic));
  }

  disconnectedCallback() {
    this.#gone.abort();
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
  }

  #told({ d, ttl }) {
    const { typing } = d;
    if (!typing || typing.id === me.id) return;
    clearTimeout(this.#timers.get(typing.username));
    this.#timers.set(typing.username, setTimeout(() => this.#forget(typing.username), ttl));
    this.#draw();
  }

  #said({ added = [] }) {
    for (const { author } of added) this.#forget(author.username);
  }

  #forget(username) {
    clearTimeout(this.#timers.get(username));
    if (this.#timers.delete(username)) this.#draw();
  }

  #draw() {
    const [first, second, third] = this.#timers.keys();
    if (third) this.textContent = _("Several people are typing…");
    else if (second) this.textContent = fill(_("%(one)s and %(other)s are typing…"), { one: first, other: second });
    else this.textContent = first ? fill(_("%(name)s is typing…"), { name: first }) : "";
  }
}

customElements.define("typing-note", TypingNote);
