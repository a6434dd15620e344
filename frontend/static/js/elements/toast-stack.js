/** What just happened, said briefly: a few at a time, taken back when it is undone. */

import { Lives } from "../lib/lives.js";
import { done, names, sentence } from "../lib/words.js";
import { announce } from "../page/announce.js";
import { live } from "../page/live.js";
import { leave } from "../page/motion.js";
import { clone, part, picture, write } from "../page/part.js";
import { face } from "../page/people.js";

const MOST = 3;
const LIFE_MS = 6_000;

class ToastStack extends HTMLElement {
  #gone = null;
  #entries = new WeakMap(); // toast → entries it tells of, by actor, latest last
  #lives = new Lives(LIFE_MS, (toast) => this.#dismiss(toast));

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.setAttribute("aria-live", "off"); // `announce` speaks for it, and not more often than one can listen
    live.addEventListener("notification", ({ detail }) => this.#told(detail), { signal });
    live.addEventListener("notification.retracted", ({ detail }) => this.#retracted(detail), { signal });
    live.addEventListener("notification.read", ({ detail }) => this.#read(detail), { signal });
    for (const type of ["pointerover", "pointerleave", "focusin", "focusout"]) {
      this.addEventListener(type, () => this.#hold(), { signal });
    }
    document.addEventListener("visibilitychange", () => this.#hold(), { signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  /** Show words of our own. */
  say(text) {
    const toast = clone("notice");
    if (!toast) return;
    part(toast, "text").textContent = text;
    this.#show(toast);
    announce(text);
  }

  /** Dismiss the one that came last. */
  dismissLatest() {
    if (this.lastElementChild) this.#dismiss(this.lastElementChild);
  }

  #told({ group, entry, again, quiet }) {
    if (again || quiet || isOnScreen(group)) return;
    const toast = this.#find("across", group.across?.key) ?? this.#find("group", group.id) ?? clone("toast");
    const entries = this.#entries.get(toast) ?? new Map();
    entries.delete(entry.actor.id); // to be the latest
    entries.set(entry.actor.id, entry);
    this.#entries.set(toast, entries);
    this.#fill(toast, group);
    this.#show(toast);
    announce(sentence(group, [entry.actor], 1));
  }

  #retracted({ id, entry, rows = [] }) {
    const fewer = rows.find(({ key, group }) => group && this.#find("across", key));
    if (fewer) {
      this.#fill(this.#find("across", fewer.key), fewer.group);
      return;
    }
    const toast = this.#find("group", id);
    const entries = this.#entries.get(toast);
    if (!entries?.delete(entry.actor.id)) return;
    if (entries.size) this.#fillPeople(toast);
    else this.#dismiss(toast);
  }

  #read({ ids, up_to: upTo }) {
    for (const toast of this.querySelectorAll("[data-group]")) {
      const { group } = toast.dataset;
      if (ids ? ids.includes(group) : !upTo || BigInt(group) <= BigInt(upTo)) this.#dismiss(toast);
    }
  }

  #fill(toast, { id, kind, post, across }) {
    Object.assign(toast.dataset, { group: id, across: across?.key ?? "", kind });
    part(toast, "verb").textContent = done(kind, across);
    part(toast, "link").dataset.post = post?.url ?? "";
    picture(part(toast, "thumb"), post?.thumb, post?.alt);
    this.#fillPeople(toast);
  }

  #fillPeople(toast) {
    const entries = [...this.#entries.get(toast).values()].reverse();
    const [{ actor, text }] = entries;
    toast.dataset.actor = actor.id;
    face(part(toast, "avatar"), actor);
    part(toast, "names").textContent = names(entries.map((entry) => entry.actor), entries.length).join("");
    write(part(toast, "excerpt"), text ?? "");
    const link = part(toast, "link");
    link.href = link.dataset.post || actor.url;
  }

  #show(toast) {
    part(toast, "close").onclick = () => this.#dismiss(toast);
    this.append(toast);
    this.#lives.start(toast);
    while (this.childElementCount > MOST) this.#drop(this.firstElementChild);
  }

  // After the event: a focus that moves on is nowhere for a moment.
  #hold() {
    setTimeout(() => this.#lives.hold(document.hidden || this.matches(":hover, :focus-within")));
  }

  #find(name, value) {
    return value ? this.querySelector(`[data-${name}="${CSS.escape(value)}"]`) : null;
  }

  #dismiss(toast) {
    this.#lives.stop(toast);
    leave(toast, "toast--leaving");
    this.#hold(); // the pointer may have been on it
  }

  #drop(toast) {
    this.#lives.stop(toast);
    toast.remove();
  }
}

// Nobody is told of what they see anyway.
function isOnScreen({ kind, post }) {
  if (document.querySelector("notification-list")) return true;
  return kind === "comment" && document.querySelector(`comment-list[data-post="${CSS.escape(post?.id ?? "")}"]`) !== null;
}

customElements.define("toast-stack", ToastStack);
