/**
 * The link to the next page of a list, followed before the reader reaches it. Who comes back to the page finds it as
 * long as it was, at the same place. Event: `grown`, which bubbles.
 */

import { loadFragment } from "../page/fragment.js";
import { grown, placeLeft } from "../page/place.js";

const AHEAD = "800px 0px"; // about one screen before its end is seen
const LISTS = "ol, ul, .feed";

class LoadMore extends HTMLElement {
  #observer = null;
  #busy = false;

  async connectedCallback() {
    await this.#regrow(placeLeft());
    if (!this.isConnected) return;
    this.#observer = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#load(), { rootMargin: AHEAD });
    this.#observer.observe(this);
  }

  disconnectedCallback() {
    this.#observer?.disconnect();
  }

  async #regrow(left) {
    if (!left || this.#isOfComments) return;
    history.scrollRestoration = "manual"; // the browser would aim at a page that is still short
    for (let page = 0; page < left.pages && (await this.#load()); page += 1);
    if (document.readyState !== "complete") await new Promise((loaded) => addEventListener("load", loaded, { once: true }));
    requestAnimationFrame(() => scrollTo({ top: left.top, behavior: "instant" }));
  }

  // On failure the link stays a link. Answers whether there was anything.
  async #load() {
    if (this.#busy) return false;
    this.#busy = true;
    this.setAttribute("aria-busy", "true");
    const link = this.querySelector("a");
    const name = this.#isOfComments ? "comments" : "1";
    const { rows, next } = await loadFragment(link.href, name).catch(() => ({ rows: [], next: link.href }));
    this.#list?.append(...rows.filter(isNew));
    this.dispatchEvent(new Event("grown", { bubbles: true }));
    if (rows.length && !this.#isOfComments) grown();
    if (next) link.href = new URL(next, link.href).href;
    else this.remove();
    this.removeAttribute("aria-busy");
    this.#busy = false;
    if (rows.length) this.#again();
    return rows.length > 0;
  }

  get #isOfComments() {
    return this.closest("comment-list") !== null;
  }

  get #list() {
    let list = this.previousElementSibling;
    while (list && !list.matches(LISTS)) list = list.previousElementSibling;
    return list;
  }

  // The observer tells changes only: a short page may leave the link in sight.
  #again() {
    this.#observer?.unobserve(this);
    if (this.isConnected) this.#observer?.observe(this);
  }
}

// A row may have come live, or moved to another page, since the first page was made.
function isNew(row) {
  const { group } = row.dataset;
  const known = group ? document.querySelector(`[data-group="${CSS.escape(group)}"]`) : row.id && document.getElementById(row.id);
  return !known;
}

customElements.define("load-more", LoadMore);
