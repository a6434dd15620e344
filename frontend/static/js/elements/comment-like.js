/** A like of a comment, with its number. */

import { compact } from "../lib/compact.js";
import { Tally } from "../lib/tally.js";
import { flash } from "../page/motion.js";
import { part } from "../page/part.js";
import { StateButton } from "../page/state-button.js";

class CommentLike extends StateButton {
  #tally = new Tally(Number(this.dataset.ver), Number(this.dataset.count));

  get state() {
    return "liked";
  }

  get kind() {
    return "comment.liked";
  }

  get path() {
    return `/comments/${this.#comment}/like`;
  }

  isAbout({ comment }) {
    return comment === this.#comment;
  }

  wanted(liked) {
    if (liked) flash(this, "comment-like--pop");
    this.#count(() => this.#tally.nudge(liked ? 1 : -1));
  }

  confirmed({ ver, like_count }) {
    this.#count(() => this.#tally.settle(ver, like_count));
  }

  refused() {
    this.#count(() => this.#tally.undo());
  }

  heard({ ver, like_count }) {
    this.apply(ver, like_count);
  }

  /** Take a count of the server's. */
  apply(ver, count) {
    this.#count(() => this.#tally.apply(ver, count));
  }

  get #comment() {
    return this.closest("[data-comment]").dataset.comment;
  }

  #count(step) {
    step();
    const { shown } = this.#tally;
    part(this, "count").textContent = shown ? compact(shown) : "";
  }
}

customElements.define("comment-like", CommentLike);
