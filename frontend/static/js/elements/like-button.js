/** A like as desired state: red at once, the server brought there behind it. Without JavaScript it is its form. */

import { Desired } from "../lib/desired.js";
import { api, untilBack } from "../page/api.js";
import { countsOf } from "../page/counts.js";
import { live, me } from "../page/live.js";
import { flash } from "../page/motion.js";
import { say } from "../page/say.js";

class LikeButton extends HTMLElement {
  #gone = null;
  #keys = new Set();
  #desired = new Desired({
    settled: this.liked,
    send: (liked) => this.#send(liked),
    wait: untilBack,
    confirmed: ({ ver, like_count }) => this.#counts((count) => count.settle(ver, like_count)),
    failed: (error, liked) => this.#failed(error, liked),
  });

  connectedCallback() {
    if (!me.id) return; // the form leads to the log-in page
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    live.addEventListener("post.liked", ({ detail }) => this.#told(detail), { signal });
  }

  disconnectedCallback() {
    this.#gone?.abort();
  }

  /** @returns {boolean} as it is drawn */
  get liked() {
    return this.dataset.liked === "true";
  }

  /** Like; a second call changes nothing. */
  like() {
    if (me.id && !this.liked) this.#want(true);
  }

  #submitted(event) {
    event.preventDefault();
    this.#want(!this.liked);
  }

  #want(liked) {
    this.#draw(liked);
    if (liked) flash(this, "like-button--pop");
    this.#counts((count) => count.nudge(liked ? 1 : -1));
    this.#desired.want(liked);
  }

  #send(liked) {
    const key = crypto.randomUUID();
    this.#keys.add(key);
    return api.ask(liked ? "PUT" : "DELETE", `/posts/${this.dataset.post}/like`, { key });
  }

  #failed(error, liked) {
    this.#draw(liked);
    this.#counts((count) => count.undo());
    say(error.message);
  }

  // From the viewer's other pages and devices. This page's own echo comes late and may be overtaken.
  #told({ post, liked, like_count, ver, mut }) {
    if (post !== this.dataset.post || this.#keys.has(mut)) return;
    this.#counts((count) => count.apply(ver, like_count));
    if (this.#desired.busy) return;
    this.#desired.told(liked);
    this.#draw(liked);
  }

  #draw(liked) {
    this.dataset.liked = String(liked);
    this.querySelector("button").setAttribute("aria-pressed", String(liked));
    this.querySelector('input[name="undo"]').disabled = !liked;
  }

  #counts(change) {
    countsOf(this.dataset.post, "likes").forEach(change);
  }
}

customElements.define("like-button", LikeButton);
