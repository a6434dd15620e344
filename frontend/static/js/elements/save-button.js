/** Keeps a post for later, on all of one's devices. */

import { StateButton } from "../page/state-button.js";
import { flash } from "../page/motion.js";

class SaveButton extends StateButton {
  get state() {
    return "saved";
  }

  get kind() {
    return "post.saved";
  }

  get path() {
    return `/posts/${this.dataset.post}/save`;
  }

  isAbout({ post }) {
    return post === this.dataset.post;
  }

  wanted(saved) {
    if (saved) flash(this, "save-button--pop");
  }
}

customElements.define("save-button", SaveButton);
