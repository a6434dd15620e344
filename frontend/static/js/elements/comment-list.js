/** The talk under a post: comments come and go as others write and delete; one's own stands there at once, in grey. */

import { announce } from "../page/announce.js";
import { api, insist } from "../page/api.js";
import { loadFragment } from "../page/fragment.js";
import { live, me } from "../page/live.js";
import { flash, leave } from "../page/motion.js";
import { clone, part } from "../page/part.js";
import { face } from "../page/people.js";
import { say } from "../page/say.js";

const MOST_PAGES = 10; // that a gap is filled from

class CommentList extends HTMLElement {
  #gone = null;
  #ver = 0;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    const topic = `post:${this.dataset.post}`;
    this.#ver = Number(this.closest("[data-ver]")?.dataset.ver ?? 0);
    this.#rows.setAttribute("aria-live", "off"); // `announce` speaks for it
    live.addEventListener("topic", ({ detail }) => detail.topic === topic && this.#told(detail), { signal });
    live.addEventListener("resync", ({ detail }) => detail.waitUntil(this.#load()), { signal });
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.addEventListener("grown", () => this.#sort(), { signal });
    signal.addEventListener("abort", live.watch(topic));
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  /** Show the viewer's own comment before the server has it. @returns {Element} the row, for `settle` or `fail` */
  addPending(text) {
    const row = this.#make({ author: me, text, created_at: new Date().toISOString() });
    row.classList.add("comment--pending");
    part(row, "sending").hidden = false;
    this.#rows.append(row);
    return row;
  }

  /** The server has it. It may have come live already. */
  settle(row, comment) {
    if (row.dataset.comment === comment.id) return;
    if (this.#find(comment.id)) row.remove();
    else row.replaceWith(this.#make(comment));
  }

  /** It was refused; `retry` is what the row's button does. */
  fail(row, retry) {
    const button = part(row, "retry");
    row.classList.replace("comment--pending", "comment--failed");
    part(row, "sending").hidden = true;
    button.hidden = false;
    button.onclick = () => {
      row.classList.replace("comment--failed", "comment--pending");
      part(row, "sending").hidden = false;
      button.hidden = true;
      retry();
    };
  }

  #told({ ver, d, first }) {
    if (first && ver > this.#ver) this.#load(); // something happened while nobody told this page
    this.#ver = ver;
    for (const comment of d.added ?? []) this.#add(comment);
    for (const id of d.removed ?? []) this.#remove(id);
  }

  #add(comment) {
    if (this.#find(comment.id)) return;
    const own = comment.author.id === me.id && this.#pendingWith(comment.text);
    const row = this.#make(comment);
    if (own) return own.replaceWith(row);
    this.#rows.append(row);
    flash(row, "comment--new");
    announce(`${comment.author.username}: ${comment.text}`);
  }

  #remove(id) {
    const row = this.#find(id);
    if (row) leave(row, "comment--leaving");
  }

  // Adds what the list has not. When all is read, what the server has no more was deleted meanwhile.
  async #load() {
    const before = this.#ids; // what comes live during the load stays
    const there = new Set([""]);
    let href = location.pathname;
    for (let page = 0; href && page < MOST_PAGES; page += 1) {
      const { rows, next } = await insist(() => loadFragment(href, "comments"));
      rows.forEach((row) => there.add(row.dataset.comment));
      this.#rows.append(...rows.filter((row) => !this.#find(row.dataset.comment)));
      href = next;
    }
    this.#sort();
    if (!href) before.filter((id) => !there.has(id)).forEach((id) => this.#remove(id));
  }

  // Oldest first; a comment that came live may stand before pages that were loaded after it.
  #sort() {
    const rows = [...this.querySelectorAll("[data-comment]")];
    this.#rows.append(...rows.sort((one, other) => order(one) - order(other)));
  }

  async #submitted(event) {
    const row = event.target.closest("[data-comment]");
    if (!row || event.target.dataset.part !== "delete-form") return;
    event.preventDefault();
    row.hidden = true;
    try {
      await insist(() => api.ask("DELETE", `/comments/${row.dataset.comment}`));
      row.remove();
    } catch (error) {
      row.hidden = error.status === 404; // deleted already
      if (!row.hidden) say(error.message);
    }
  }

  #make({ id = "", author, text, created_at }) {
    const row = clone("comment");
    row.dataset.comment = id;
    if (id) row.id = `comment-${id}`;
    face(part(row, "avatar"), author);
    Object.assign(part(row, "author"), { textContent: author.username, href: author.url ?? "" });
    part(row, "text").textContent = text;
    part(row, "time").setAttribute("datetime", created_at);
    const form = part(row, "delete-form");
    if (id) form.action = form.getAttribute("action").replace("/0/", `/${id}/`);
    form.hidden = !id || (author.id !== me.id && this.dataset.mine !== "true"); // the post's author may, too
    return row;
  }

  #pendingWith(text) {
    const pending = [...this.querySelectorAll(".comment--pending")];
    return pending.find((row) => part(row, "text").textContent === text);
  }

  #find(id) {
    return this.querySelector(`[data-comment="${CSS.escape(id)}"]`);
  }

  get #rows() {
    return this.querySelector("ol");
  }

  get #ids() {
    return [...this.querySelectorAll("[data-comment]")].map((row) => row.dataset.comment);
  }
}

// Ids grow with time. As numbers they are too big to be exact, yet exact enough for an order; a row without one is new.
function order(row) {
  return Number(row.dataset.comment || Infinity);
}

customElements.define("comment-list", CommentList);
