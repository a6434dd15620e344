/** A part of the page that is asked for anew every two seconds while somebody sees it. What has the focus is kept. */

import { loadFragment } from "../page/fragment.js";

const EVERY_MS = 2_000;

class FreshPart extends HTMLElement {
  #timer = null;

  connectedCallback() {
    this.#timer = setInterval(() => this.#refresh(), EVERY_MS);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  async #refresh() {
    if (document.hidden || this.contains(document.activeElement)) return;
    try {
      const { rows } = await loadFragment(location.href);
      if (rows.length && !this.contains(document.activeElement)) this.replaceChildren(...rows);
    } catch {
      // the next time
    }
  }
}

customElements.define("fresh-part", FreshPart);
