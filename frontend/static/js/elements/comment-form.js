/** Writes a comment, or an answer to one, without leaving the page; what is not sent is kept. Without JavaScript it is its form. */

import { _, fill } from "../lib/gettext.js";
import { draftOf } from "../page/draft.js";
import { live } from "../page/live.js";
import { deliver, unsent } from "../page/outbox.js";
import { part } from "../page/part.js";
import { say } from "../page/say.js";

class CommentForm extends HTMLElement {
  #gone = null;
  #draft = draftOf(`comment.${this.dataset.post}`);

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.#field.value ||= this.#draft.text;
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    this.addEventListener("input", () => this.#typed(), { signal });
    part(this, "reply-cancel")?.addEventListener("click", (event) => this.#cancel(event), { signal });
    live.addEventListener("revoked", ({ detail }) => this.#revoked(detail), { signal });
    live.addEventListener("topic", ({ detail }) => this.#told(detail), { signal });
    this.#resume();
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  /** Have the next comment answer this one. */
  answer(comment, username) {
    Object.assign(this.#parent, { value: comment, disabled: false });
    part(this, "reply-bar").hidden = false;
    part(this, "reply-words").textContent = fill(_("Replying to %(name)s"), { name: username });
    this.#field.focus();
  }

  get #field() {
    return this.querySelector('[name="text"]');
  }

  get #parent() {
    return this.querySelector('[name="parent"]');
  }

  get #topic() {
    return `post:${this.dataset.post}`;
  }

  #submitted(event) {
    const list = this.#list;
    if (!list) return; // the form can do it
    event.preventDefault();
    const text = this.#field.value.trim();
    const parent = this.#parent.disabled ? null : this.#parent.value;
    if (!text) return;
    this.#field.value = "";
    this.#draft.text = "";
    this.#cancel();
    this.#post(list, list.addPending(text, parent), parent ? { text, parent } : { text });
  }

  get #list() {
    return document.querySelector(`comment-list[data-post="${CSS.escape(this.dataset.post)}"]`);
  }

  get #lane() {
    return `comments:${this.dataset.post}`;
  }

  // What another page of this browser could not send.
  async #resume() {
    for (const { body, key } of await unsent(this.#lane)) {
      const list = this.#list;
      if (list) this.#post(list, list.addPending(body.text, body.parent), body, key);
    }
  }

  // The key is the same for all tries of this sending, so that it is written once.
  async #post(list, row, body, key = crypto.randomUUID()) {
    const path = `/posts/${this.dataset.post}/comments`;
    try {
      list.settle(row, await deliver({ lane: this.#lane, key, method: "POST", path, body }));
    } catch (error) {
      say(error.message);
      list.fail(row, () => this.#post(list, row, body));
    }
  }

  #typed() {
    this.#draft.text = this.#field.value;
    if (this.#field.value) live.typing(this.#topic);
  }

  #cancel(event) {
    event?.preventDefault();
    this.#parent.disabled = true;
    part(this, "reply-bar").hidden = true;
    if (event) this.#field.focus();
  }

  // The post was deleted or hidden while it stands here: nothing moves any more, and nothing can be said.
  #revoked({ topics, all }) {
    if (!all && topics.includes(this.#topic)) this.#close(_("No longer available"));
  }

  #told({ topic, d }) {
    if (topic !== this.#topic || !("comments_off" in d) || this.dataset.mine) return;
    if (d.comments_off) this.#close(_("Comments are turned off."));
    else this.#open();
  }

  #close(words) {
    this.#field.dataset.placeholder ??= this.#field.placeholder;
    this.#field.placeholder = words;
    for (const each of [this.#field, this.querySelector("button")]) each.disabled = true;
  }

  #open() {
    this.#field.placeholder = this.#field.dataset.placeholder ?? this.#field.placeholder;
    for (const each of [this.#field, this.querySelector("button")]) each.disabled = false;
  }

  #pressed(event) {
    if (event.target !== this.#field || event.isComposing) return;
    if (event.key === "Escape" && !this.#parent.disabled) this.#cancel(event);
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.querySelector("form").requestSubmit();
  }
}

customElements.define("comment-form", CommentForm);
