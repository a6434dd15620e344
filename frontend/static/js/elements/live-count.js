/** A number of a post that moves with the server's, and at once with the viewer's own step. */

import { compact } from "../lib/compact.js";
import { Tally } from "../lib/tally.js";
import { live } from "../page/live.js";
import { flash } from "../page/motion.js";
import { keepLive } from "../page/sight.js";

const COUNTS = { likes: 1, comments: 2 }; // places in [ver, likes, comments]

class LiveCount extends HTMLElement {
  #tally = null;
  #gone = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    const { post, kind, ver } = this.dataset;
    this.#tally ??= new Tally(Number(ver), Number(this.dataset.count ?? this.textContent));
    live.addEventListener("counts", ({ detail }) => detail[post] && this.apply(detail[post][0], detail[post][COUNTS[kind]]), { signal });
    const frame = this.parentElement.closest("[data-post]");
    if (frame && frame.localName !== "post-card") keepLive(frame, signal); // a card does it for its own numbers
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  /** Take a count of the server's. */
  apply(ver, value) {
    this.#change(() => this.#tally.apply(ver, value));
  }

  /** Move before the server knows. */
  nudge(step) {
    this.#change(() => this.#tally.nudge(step));
  }

  /** The server answered the viewer's own step. */
  settle(ver, value) {
    this.#change(() => this.#tally.settle(ver, value));
  }

  /** Take the viewer's own step back. */
  undo() {
    this.#change(() => this.#tally.undo());
  }

  #change(step) {
    const before = this.#tally.shown;
    step();
    const { shown } = this.#tally;
    if (shown !== before) this.#draw(shown, shown > before ? "live-count--up" : "live-count--down");
  }

  #draw(shown, roll) {
    this.textContent = compact(shown);
    this.classList.remove("live-count--up", "live-count--down");
    flash(this, roll);
  }
}

customElements.define("live-count", LiveCount);
