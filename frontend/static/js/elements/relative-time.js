/** A time in words that stay true while the page is open. */

import { ago } from "../lib/ago.js";

const REFRESH_MS = 30_000;
const shown = new Set();

setInterval(() => shown.forEach((element) => element.draw()), REFRESH_MS); // one timer for all

class RelativeTime extends HTMLElement {
  static observedAttributes = ["datetime"];

  connectedCallback() {
    shown.add(this);
    this.draw();
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.draw();
  }

  /** Write the words for now. */
  draw() {
    const at = new Date(this.getAttribute("datetime"));
    if (Number.isNaN(at.getTime())) return;
    const locale = document.documentElement.lang || undefined;
    this.textContent = ago(at, new Date(), locale);
    this.title ||= at.toLocaleString(locale);
  }
}

customElements.define("relative-time", RelativeTime);
