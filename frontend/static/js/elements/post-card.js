/** A post: reports itself on screen, and takes a double tap on the photo as a like. */

import { _ } from "../lib/gettext.js";
import { api, insist } from "../page/api.js";
import { live } from "../page/live.js";
import { flash } from "../page/motion.js";
import { say } from "../page/say.js";
import { keepLive } from "../page/sight.js";

const DOUBLE_TAP_MS = 300;

class PostCard extends HTMLElement {
  #gone = null;
  #tappedAt = 0;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    keepLive(this, signal);
    this.#photos?.addEventListener("click", (event) => this.#tapped(event), { signal });
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    live.addEventListener("post.media", ({ detail }) => queueMicrotask(() => this.#prepared(detail)), { signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  /** Like the post, with the burst. */
  like() {
    const button = this.querySelector("like-button");
    if (!button) return;
    button.like();
    if (button.on) flash(this.querySelector(".heart-burst"), "heart-burst--on");
  }

  get #photos() {
    return this.querySelector(".post-card__photos");
  }

  #tapped({ timeStamp }) {
    const twice = timeStamp - this.#tappedAt < DOUBLE_TAP_MS;
    this.#tappedAt = twice ? 0 : timeStamp;
    if (twice) this.like();
  }

  #submitted(event) {
    if (event.target.dataset.part !== "post-delete") return;
    event.preventDefault();
    this.#away(true);
    document.getElementById("content")?.focus({ preventScroll: true }); // the menu that had it is gone
    say(_("Post deleted."), { act: () => this.#delete(), undo: () => this.#away(false) });
  }

  async #delete() {
    try {
      await insist(() => api.ask("DELETE", `/posts/${this.dataset.post}`, { keepalive: true }));
    } catch (error) {
      this.#away(false);
      return say(error.message);
    }
    if (this.#isPage) location.assign(this.querySelector(".post-card__username").href);
    else this.remove();
  }

  // In a feed it goes at once; its own page would be empty without it.
  #away(gone) {
    this.inert = gone;
    this.classList.toggle("post-card--pending", gone);
    this.hidden = gone && !this.#isPage;
  }

  get #isPage() {
    return this.classList.contains("post-page");
  }

  // Runs after the frames of this post have drawn the same event.
  #prepared({ post }) {
    if (post !== this.dataset.post || this.querySelector('media-frame:not([data-state="ready"])')) return;
    this.querySelector(".chip--live")?.remove();
  }
}

customElements.define("post-card", PostCard);
