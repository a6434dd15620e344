/** Writes a comment without leaving the page. Without JavaScript it is its form. */

import { api, insist } from "../page/api.js";
import { live } from "../page/live.js";
import { say } from "../page/say.js";

class CommentForm extends HTMLElement {
  #gone = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    live.addEventListener("revoked", ({ detail }) => this.#revoked(detail), { signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  #submitted(event) {
    const field = this.querySelector('[name="text"]');
    const list = document.querySelector(`comment-list[data-post="${CSS.escape(this.dataset.post)}"]`);
    if (!list) return; // the form can do it
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    this.#send(list, list.addPending(text), text);
  }

  async #send(list, row, text) {
    const key = crypto.randomUUID(); // the same for all tries of this sending, so that it is written once
    const path = `/posts/${this.dataset.post}/comments`;
    try {
      list.settle(row, await insist(() => api.ask("POST", path, { body: { text }, key })));
    } catch (error) {
      say(error.message);
      list.fail(row, () => this.#send(list, row, text));
    }
  }

  // The post was deleted or hidden while it stands here: nothing moves any more, and nothing can be said.
  #revoked({ topics, all }) {
    if (all || !topics.includes(`post:${this.dataset.post}`)) return;
    const field = this.querySelector('[name="text"]');
    field.placeholder = "No longer available";
    for (const each of [field, this.querySelector("button")]) each.disabled = true;
  }

  #pressed(event) {
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!sends || event.target.name !== "text") return;
    event.preventDefault();
    this.querySelector("form").requestSubmit();
  }
}

customElements.define("comment-form", CommentForm);
