/** A post: reports itself on screen, and takes a double tap on the photo as a like. */

import { live } from "../page/live.js";
import { flash } from "../page/motion.js";
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
    if (button.liked) flash(this.querySelector(".heart-burst"), "heart-burst--on");
  }

  get #photos() {
    return this.querySelector(".post-card__photos");
  }

  #tapped({ timeStamp }) {
    const twice = timeStamp - this.#tappedAt < DOUBLE_TAP_MS;
    this.#tappedAt = twice ? 0 : timeStamp;
    if (twice) this.like();
  }

  // Runs after the frames of this post have drawn the same event.
  #prepared({ post }) {
    if (post !== this.dataset.post || this.querySelector('media-frame:not([data-state="ready"])')) return;
    this.querySelector(".chip--live")?.remove();
  }
}

customElements.define("post-card", PostCard);
