/**
 * The talk under a post, in the server's order: comments and the answers under them come and go as others write and
 * delete; one's own stands there at once, in grey; a deleted one can be had back for a while.
 */

import { announce } from "../page/announce.js";
import { api, insist } from "../page/api.js";
import { commentRow, count, mark, renew, rowsOf, sort } from "../page/comment-row.js";
import { loadFragment } from "../page/fragment.js";
import { live, me } from "../page/live.js";
import { flash, leave } from "../page/motion.js";
import { own, part } from "../page/part.js";
import { Regret } from "../page/regret.js";
import { say } from "../page/say.js";

const MOST_PAGES = 10; // that a gap is filled from
const UNDO_MS = 5_000;

class CommentList extends HTMLElement {
  #gone = null;
  #ver = 0;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    const topic = `post:${this.dataset.post}`;
    this.#ver = Number(this.closest("[data-ver]")?.dataset.ver ?? 0);
    live.addEventListener("topic", ({ detail }) => detail.topic === topic && this.#told(detail), { signal });
    live.addEventListener("resync", ({ detail }) => detail.waitUntil(this.#load()), { signal });
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("grown", () => sort(this.#rows), { signal });
    signal.addEventListener("abort", live.watch(topic));
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  /** Show the viewer's own comment before the server has it. @returns {Element} the row, for `settle` or `fail` */
  addPending(text, parent = null) {
    const row = this.#make({ author: me, text, created_at: new Date().toISOString(), parent });
    mark(row, "pending");
    this.#place(row, parent);
    if (parent) this.#open(this.#find(parent));
    row.scrollIntoView({ block: "nearest" });
    return row;
  }

  /** The server has it. It may have come live already. */
  settle(row, comment) {
    if (row.dataset.comment === comment.id) return;
    if (this.#find(comment.id)) return row.remove();
    row.replaceWith(this.#make(comment));
    sort(this.#listOf(comment.parent));
  }

  /** It was refused; `retry` is what the row's button does. */
  fail(row, retry) {
    mark(row, "failed", () => {
      mark(row, "pending");
      retry();
    });
  }

  #told({ ver, d, first }) {
    if (first && ver > this.#ver) this.#load(); // something happened while nobody told this page
    this.#ver = ver;
    for (const comment of d.added ?? []) this.#add(comment);
    for (const id of d.removed ?? []) this.#remove(id);
    for (const [id, counts] of Object.entries(d.counts ?? {})) if (this.#find(id)) count(this.#find(id), counts);
    if ("pinned" in d) this.#pin(d.pinned);
  }

  #add(comment) {
    if (this.#find(comment.id)) return;
    const own = comment.author.id === me.id ? this.#pendingWith(comment.text) : null;
    const thread = comment.parent && this.#find(comment.parent);
    if (comment.parent && !own && !("complete" in (thread?.dataset ?? {}))) return; // its thread is closed: only its number grows
    const row = this.#make(comment);
    own?.remove();
    this.#place(row, comment.parent);
    if (own) return;
    flash(row, "comment--new");
    announce(`${comment.author.username}: ${comment.text}`);
  }

  #remove(id) {
    const row = this.#find(id);
    if (row) leave(row, "comment--leaving");
  }

  #pin(id) {
    for (const row of rowsOf(this.#rows)) row.toggleAttribute("data-pinned", row.dataset.comment === id);
    if (id && !this.#find(id)) this.#load();
    sort(this.#rows);
  }

  async #load() {
    const threads = rowsOf(this.#rows).filter((row) => row.querySelector("[data-comment]"));
    await Promise.all([this.#fill(this.#rows, location.pathname, "comments"), ...threads.map((row) => this.#replies(row))]);
  }

  // Adds what a list has not. When all is read, what the server has no more was deleted meanwhile.
  async #fill(list, from, name) {
    const before = rowsOf(list); // what comes live during the load stays
    const there = new Set([""]);
    let href = from;
    for (let page = 0; href && page < MOST_PAGES; page += 1) {
      const { rows, next } = await insist(() => loadFragment(href, name));
      for (const row of rows) {
        const known = this.#find(row.dataset.comment);
        there.add(row.dataset.comment);
        if (known) renew(known, row);
        else list.append(row);
      }
      href = next;
    }
    sort(list);
    if (!href) before.filter((row) => row.isConnected && !there.has(row.dataset.comment)).forEach((row) => leave(row, "comment--leaving"));
    return !href;
  }

  // Opens a thread: all answers to a comment, and from now on those that come.
  async #open(row) {
    if ("complete" in row.dataset) return;
    row.setAttribute("aria-busy", "true");
    await this.#replies(row);
    row.removeAttribute("aria-busy");
  }

  async #replies(row) {
    const thread = `${location.pathname}?thread=${row.dataset.comment}`;
    if (!(await this.#fill(own(row, "replies"), thread, "replies"))) return;
    row.dataset.complete = "";
    own(row, "more").hidden = true;
  }

  #clicked(event) {
    const link = event.target.closest("a[data-part]");
    const row = link?.closest("[data-comment]");
    const form = document.querySelector(`comment-form[data-post="${CSS.escape(this.dataset.post)}"]`);
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.dataset.part === "more") this.#open(row);
    else if (link.dataset.part === "reply" && form) form.answer(this.#thread(row).dataset.comment, part(row, "author").textContent);
    else return;
    event.preventDefault();
  }

  #submitted(event) {
    const row = event.target.closest("[data-comment]");
    if (!row || event.target.dataset.part !== "delete-form") return;
    event.preventDefault();
    const notice = own(row, "deleted");
    const regret = new Regret(() => this.#delete(row), UNDO_MS);
    row.classList.add("comment--deleted");
    notice.hidden = false;
    part(notice, "undo").focus();
    part(notice, "undo").onclick = () => regret.undo() && this.#restore(row);
  }

  async #delete(row) {
    const { comment } = row.dataset;
    if (row.contains(document.activeElement)) this.#rows.focus({ preventScroll: true });
    row.hidden = true;
    try {
      await insist(() => api.ask("DELETE", `/comments/${comment}`, { keepalive: true }));
      row.remove();
    } catch (error) {
      if (error.status === 404) return row.remove(); // deleted already
      this.#restore(row);
      say(error.message);
    }
  }

  #restore(row) {
    row.hidden = false;
    row.classList.remove("comment--deleted");
    own(row, "deleted").hidden = true;
    part(row, "delete-form").querySelector("button").focus();
  }

  #make(comment) {
    const row = commentRow(comment);
    const mayDelete = comment.author.id === me.id || this.dataset.mine === "true"; // the post's author may, too
    part(row, "delete-form").hidden = !comment.id || !mayDelete;
    return row;
  }

  #place(row, parent) {
    const list = this.#listOf(parent);
    list.append(row);
    sort(list);
  }

  #listOf(parent) {
    return (parent && own(this.#find(parent), "replies")) || this.#rows;
  }

  #thread(row) {
    return row.parentElement.closest("[data-comment]") ?? row;
  }

  #pendingWith(text) {
    const pending = [...this.querySelectorAll(".comment--pending")];
    return pending.find((row) => part(row, "text").textContent === text);
  }

  #find(id) {
    return this.querySelector(`[data-comment="${CSS.escape(id)}"]`);
  }

  get #rows() {
    return part(this, "rows");
  }
}

customElements.define("comment-list", CommentList);
