/**
 * The rows of notifications: the latest on top, undone ones gone, read ones dimmed, on every device alike.
 * A row is a group; or what one person did to many things, by its key, of which it has the newest group.
 */

import { done, sentence } from "../lib/words.js";
import { announce } from "../page/announce.js";
import { insist } from "../page/api.js";
import { loadFragment } from "../page/fragment.js";
import { live } from "../page/live.js";
import { markAllRead, markRead, markSeen } from "../page/marks.js";
import { flash, leave } from "../page/motion.js";
import { clone, part, picture, write } from "../page/part.js";
import { faces, writeNames } from "../page/people.js";

const SEEN_AFTER_MS = 1_500; // on screen for so long counts as seen

class NotificationList extends HTMLElement {
  #gone = null;
  #timer = null;
  #sight = new IntersectionObserver((entries) => this.#sighted(entries));
  #inSight = new Set();

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    live.addEventListener("notification", ({ detail }) => this.#told(detail), { signal });
    live.addEventListener("notification.retracted", ({ detail }) => this.#retracted(detail), { signal });
    live.addEventListener("notification.seen", ({ detail }) => this.#marked(detail, see), { signal });
    live.addEventListener("notification.read", ({ detail }) => this.#marked(detail, dim), { signal });
    live.addEventListener("resync", ({ detail }) => detail.waitUntil(this.#load()), { signal });
    document.addEventListener("visibilitychange", () => this.#plan(), { signal });
    document.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.addEventListener("click", (event) => this.#opened(event), { signal });
    this.addEventListener("grown", () => this.#watch(), { signal });
    this.#watch();
  }

  disconnectedCallback() {
    this.#gone.abort();
    clearTimeout(this.#timer);
    this.#sight.disconnect();
  }

  #told({ group, rows = [] }) {
    const known = this.#find("group", group.id);
    if (known && Number(known.dataset.ver) >= group.ver) return;
    known?.remove();
    this.#find("across", group.across?.key)?.remove();
    const row = this.#make(group);
    this.#place(row);
    flash(row, "notification--new");
    announce(sentence(group, group.actors, group.actor_count));
    for (const beside of rows) this.#put(beside);
    this.#watch();
  }

  #retracted({ id, group, rows = [] }) {
    const known = this.#find("group", id);
    const keys = rows.map(({ key }) => key);
    const isTold = keys.includes(known?.dataset.across);
    for (const beside of rows) this.#put(beside);
    if (!known || isTold) return;
    if (!group) leave(known, "notification--leaving");
    else if (keys.includes(group.across?.key)) known.remove();
    else if (Number(known.dataset.ver) < group.ver) this.#replace(known, group);
  }

  // What the row of a key shows now: maybe another group, maybe nothing.
  #put({ key, group }) {
    const known = this.#find("across", key);
    if (!group) {
      if (known) leave(known, "notification--leaving");
      return;
    }
    this.#replace(known, group);
  }

  #replace(known, group) {
    known?.remove();
    this.#place(this.#make(group));
  }

  // By what is newest in it: frames of one batch all show its end, and an undo leaves a group with what came before.
  #place(row) {
    const older = [...this.#rows.children].find((other) => latest(other) < latest(row));
    this.#rows.insertBefore(row, older ?? null);
  }

  #marked({ ids, up_to: upTo }, mark) {
    for (const row of this.querySelectorAll("[data-group]")) {
      const { group } = row.dataset;
      if (ids ? ids.includes(group) : !upTo || BigInt(group) <= BigInt(upTo)) mark(row);
    }
  }

  #opened({ target }) {
    const row = target.closest("a")?.closest("[data-group]");
    if (!row) return;
    markRead(row);
    dim(row);
  }

  #submitted(event) {
    if (!event.target.matches(".notifications__all")) return;
    event.preventDefault();
    this.querySelectorAll("[data-group]").forEach(dim);
    markAllRead();
  }

  async #load() {
    const { rows } = await insist(() => loadFragment(location.href));
    this.#rows.replaceChildren(...rows);
    this.#watch();
  }

  #watch() {
    for (const row of this.querySelectorAll('[data-seen="false"]')) this.#sight.observe(row);
  }

  #sighted(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#inSight.add(target);
      else this.#inSight.delete(target);
    }
    this.#plan();
  }

  // Waits anew with each arrival, so that a storm is one request.
  #plan() {
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = setTimeout(() => this.#see(), SEEN_AFTER_MS);
  }

  async #see() {
    const rows = [...this.#inSight].filter((row) => row.isConnected && row.dataset.seen === "false");
    this.#inSight.clear();
    if (!rows.length) return;
    await insist(() => markSeen(rows.map((row) => row.dataset.group))).catch(() => {}); // next time, then
    for (const row of rows) this.#sight.unobserve(row);
  }

  #make(group) {
    const row = clone("notification-group");
    const { id, ver, latest = id, kind, post, actors, across, seen, read } = group; // an old log has no `latest`
    Object.assign(row.dataset, { group: id, across: across?.key ?? "", ver, latest, kind, seen });
    faces(row, actors);
    writeNames(part(row, "names"), actors, group.actor_count);
    part(row, "verb").textContent = done(kind, across, group.actor_count);
    part(row, "link").href = post?.url ?? actors[0]?.url ?? "";
    part(row, "time").setAttribute("datetime", group.at);
    picture(part(row, "thumb"), post?.thumb, post?.alt);
    write(part(row, "excerpt"), group.excerpt ?? "");
    if (read) dim(row);
    return row;
  }

  #find(name, value) {
    return value ? this.querySelector(`[data-${name}="${CSS.escape(value)}"]`) : null;
  }

  get #rows() {
    return this.querySelector("ol");
  }
}

function latest(row) {
  return BigInt(row.dataset.latest);
}

function see(row) {
  row.dataset.seen = "true";
}

function dim(row) {
  see(row);
  row.dataset.read = "true";
  part(row, "unread-text").textContent = "";
}

customElements.define("notification-list", NotificationList);
