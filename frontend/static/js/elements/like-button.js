/** A like of a post: red at once, and counted. */

import { countsOf } from "../page/counts.js";
import { flash } from "../page/motion.js";
import { StateButton } from "../page/state-button.js";

class LikeButton extends StateButton {
  get state() {
    return "liked";
  }

  get kind() {
    return "post.liked";
  }

  get path() {
    return `/posts/${this.dataset.post}/like`;
  }

  /** Like; a second call changes nothing. */
  like() {
    this.want(true);
  }

  isAbout({ post }) {
    return post === this.dataset.post;
  }

  wanted(liked) {
    if (liked) flash(this, "like-button--pop");
    this.#counts((count) => count.nudge(liked ? 1 : -1));
  }

  confirmed({ ver, like_count }) {
    this.#counts((count) => count.settle(ver, like_count));
  }

  refused() {
    this.#counts((count) => count.undo());
  }

  heard({ ver, like_count }) {
    this.#counts((count) => count.apply(ver, like_count));
  }

  #counts(change) {
    countsOf(this.dataset.post, "likes").forEach(change);
  }
}

customElements.define("like-button", LikeButton);
