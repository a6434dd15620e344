/** A link to something: a click hands its address on, to other apps where the device can, else to the clipboard. */

import { _ } from "../lib/gettext.js";
import { say } from "../page/say.js";

const TOUCH = matchMedia("(hover: none)"); // a desk's own sheet for sharing helps nobody

class CopyLink extends HTMLElement {
  #gone = null;

  connectedCallback() {
    this.#gone = new AbortController();
    this.addEventListener("click", (event) => this.#clicked(event), { signal: this.#gone.signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  async #clicked(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // wants another tab
    event.preventDefault();
    const { href } = this.querySelector("a");
    this.closest("details")?.removeAttribute("open");
    if (TOUCH.matches && navigator.share) return navigator.share({ url: href }).catch(() => {}); // they changed their mind
    await navigator.clipboard.writeText(href);
    say(_("Link copied"));
  }
}

customElements.define("copy-link", CopyLink);
