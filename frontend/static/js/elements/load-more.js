/** The link to the next page of a list, followed before the reader reaches it. Event: `grown`, which bubbles. */

import { loadFragment } from "../page/fragment.js";

const AHEAD = "800px 0px"; // about one screen before its end is seen
const LISTS = "ol, ul, .feed";

class LoadMore extends HTMLElement {
  #observer = null;
  #busy = false;

  connectedCallback() {
    this.#observer = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#load(), { rootMargin: AHEAD });
    this.#observer.observe(this);
  }

  disconnectedCallback() {
    this.#observer.disconnect();
  }

  // On failure the link stays a link.
  async #load() {
    if (this.#busy) return;
    this.#busy = true;
    this.setAttribute("aria-busy", "true");
    const link = this.querySelector("a");
    const name = this.closest("comment-list") ? "comments" : "1";
    const { rows, next } = await loadFragment(link.href, name).catch(() => ({ rows: [], next: link.href }));
    this.#list?.append(...rows.filter(isNew));
    this.dispatchEvent(new Event("grown", { bubbles: true }));
    if (next) link.href = new URL(next, link.href).href;
    else this.remove();
    this.removeAttribute("aria-busy");
    this.#busy = false;
    if (rows.length) this.#again();
  }

  get #list() {
    let list = this.previousElementSibling;
    while (list && !list.matches(LISTS)) list = list.previousElementSibling;
    return list;
  }

  // The observer tells changes only: a short page may leave the link in sight.
  #again() {
    this.#observer.unobserve(this);
    if (this.isConnected) this.#observer.observe(this);
  }
}

// A row may have come live, or moved to another page, since the first page was made.
function isNew(row) {
  const { group } = row.dataset;
  const known = group ? document.querySelector(`[data-group="${CSS.escape(group)}"]`) : row.id && document.getElementById(row.id);
  return !known;
}

customElements.define("load-more", LoadMore);
