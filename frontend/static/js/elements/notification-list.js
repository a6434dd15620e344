/**
 * The rows of notifications: new ones on top, undone ones gone, read ones dimmed, on every device alike.
 * A row is a group; or what one person did to many things, by its key, of which it has the newest group.
 */

import { done, sentence } from "../lib/words.js";
import { announce } from "../page/announce.js";
import { api, insist } from "../page/api.js";
import { loadFragment } from "../page/fragment.js";
import { live } from "../page/live.js";
import { flash, leave } from "../page/motion.js";
import { clone, part, picture, write } from "../page/part.js";
import { faces, writeNames } from "../page/people.js";

const READ_AFTER_MS = 1_500; // on screen for so long counts as read

class NotificationList extends HTMLElement {
  #gone = null;
  #timer = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    live.addEventListener("notification", ({ detail }) => this.#told(detail), { signal });
    live.addEventListener("notification.retracted", ({ detail }) => this.#retracted(detail), { signal });
    live.addEventListener("notification.read", ({ detail }) => this.#read(detail), { signal });
    live.addEventListener("resync", ({ detail }) => detail.waitUntil(this.#load()), { signal });
    document.addEventListener("visibilitychange", () => this.#planRead(), { signal });
    this.#planRead();
  }

  disconnectedCallback() {
    this.#gone.abort();
    clearTimeout(this.#timer);
  }

  #told({ group, rows = [] }) {
    const known = this.#find("group", group.id);
    if (known && Number(known.dataset.ver) >= group.ver) return;
    known?.remove();
    this.#find("across", group.across?.key)?.remove();
    const row = this.#make(group);
    this.#rows.prepend(row);
    flash(row, "notification--new");
    announce(sentence(group, group.actors, group.actor_count));
    for (const beside of rows) this.#put(beside);
    this.#planRead();
  }

  #retracted({ id, group, rows = [] }) {
    const known = this.#find("group", id);
    const keys = rows.map(({ key }) => key);
    const isTold = keys.includes(known?.dataset.across);
    for (const beside of rows) this.#put(beside);
    if (!known || isTold) return;
    if (!group) leave(known, "notification--leaving");
    else if (keys.includes(group.across?.key)) known.remove();
    else if (Number(known.dataset.ver) < group.ver) known.replaceWith(this.#make(group));
  }

  // What the row of a key shows now: maybe another group, maybe nothing.
  #put({ key, group }) {
    const known = this.#find("across", key);
    if (!group) {
      if (known) leave(known, "notification--leaving");
      return;
    }
    const row = this.#make(group);
    if (known) known.replaceWith(row);
    else this.#rows.insertBefore(row, [...this.#rows.children].find((other) => isOlder(other, group.at)) ?? null);
  }

  #read({ ids, up_to: upTo }) {
    for (const row of this.querySelectorAll("[data-group]")) {
      const { group } = row.dataset;
      if (ids ? ids.includes(group) : !upTo || BigInt(group) <= BigInt(upTo)) dim(row);
    }
  }

  async #load() {
    const { rows } = await insist(() => loadFragment(location.href));
    this.#rows.replaceChildren(...rows);
    this.#planRead();
  }

  // Waits anew with each arrival, so that a storm is one request.
  #planRead() {
    clearTimeout(this.#timer);
    if (document.hidden || !this.querySelector('[data-read="false"]')) return;
    this.#timer = setTimeout(() => this.#markRead(), READ_AFTER_MS);
  }

  async #markRead() {
    const ids = [...this.querySelectorAll('[data-read="false"]')].map((row) => row.dataset.group);
    await insist(() => api.ask("POST", "/notifications/read", { body: { ids } })).catch(() => {}); // next time, then
  }

  #make(group) {
    const row = clone("notification-group");
    const { id, ver, kind, post, actors, across, seen, read } = group;
    Object.assign(row.dataset, { group: id, across: across?.key ?? "", ver, kind, seen });
    faces(row, actors);
    writeNames(part(row, "names"), actors, group.actor_count);
    part(row, "verb").textContent = done(kind, across);
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

function isOlder(row, at) {
  return new Date(part(row, "time").getAttribute("datetime")) < new Date(at);
}

function dim(row) {
  row.dataset.read = "true";
  part(row, "unread-text").textContent = "";
}

customElements.define("notification-list", NotificationList);
