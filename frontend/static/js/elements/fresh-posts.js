/** "5 new posts": counted as they come, shown when asked for. Nothing on the page moves until then. */

import { fill, plural } from "../lib/gettext.js";
import { announce } from "../page/announce.js";
import { insist } from "../page/api.js";
import { loadFragment } from "../page/fragment.js";
import { live } from "../page/live.js";
import { flash } from "../page/motion.js";
import { part } from "../page/part.js";

const HOME = "/";
const MOST_PAGES = 5; // put above what is there; beyond it the feed begins anew

class FreshPosts extends HTMLElement {
  #gone = null;
  #fresh = new Set();
  #lost = false;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    live.addEventListener("topic", ({ detail }) => detail.topic === "feed" && this.#told(detail.d), { signal });
    live.addEventListener("post.published", ({ detail }) => this.#add([detail.post]), { signal });
    live.addEventListener("state", ({ detail }) => this.#changed(detail.state), { signal });
    live.addEventListener("resync", ({ detail }) => detail.waitUntil(this.#look()), { signal });
    this.addEventListener("click", () => this.#show(), { signal });
    signal.addEventListener("abort", live.watch("feed"));
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  #told({ post, removed }) {
    if (post) this.#add([post]);
    if (!removed) return;
    shown(removed)?.remove();
    this.#fresh.delete(removed);
    this.#draw();
  }

  // The topic tells those who listen: who comes back has to look.
  #changed(state) {
    if (state === "open" && this.#lost) this.#look();
    this.#lost = state !== "open" && (this.#lost || ["waiting", "away"].includes(state));
  }

  async #look() {
    const { rows } = await insist(() => loadFragment(HOME));
    const known = rows.findIndex(({ id }) => document.getElementById(id));
    this.#add(rows.slice(0, known < 0 ? rows.length : known).map((row) => row.dataset.post));
  }

  #add(posts) {
    for (const post of posts) if (!shown(post)) this.#fresh.add(post);
    this.#draw();
  }

  #draw() {
    const many = this.#fresh.size;
    const words = many ? fill(plural("%(many)s new post", "%(many)s new posts", many), { many }) : "";
    part(this, "button").textContent = words;
    if (words && this.hidden) announce(words);
    this.hidden = !words;
  }

  async #show() {
    const feed = document.querySelector(".feed");
    if (!feed || this.hasAttribute("aria-busy")) return feed ?? location.reload();
    this.setAttribute("aria-busy", "true");
    const rows = await this.#load();
    this.removeAttribute("aria-busy");
    if (!rows) return location.reload();
    this.#fresh.clear();
    feed.prepend(...rows);
    this.#draw();
    scrollTo({ top: 0 });
    for (const row of rows) flash(row, "post-card--fresh");
    rows[0]?.setAttribute("tabindex", "-1");
    rows[0]?.focus({ preventScroll: true });
  }

  // All that stands above what is there; null if there is too much of it.
  async #load() {
    const news = [];
    let href = HOME;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { rows, next } = await insist(() => loadFragment(href));
      const unknown = rows.filter(({ id }) => !document.getElementById(id));
      news.push(...unknown);
      if (unknown.length < rows.length || !next) return news;
      href = next;
    }
    return null;
  }
}

function shown(post) {
  return document.getElementById(`post-${post}`);
}

customElements.define("fresh-posts", FreshPosts);
