/** What just happened, said briefly: a few at a time, taken back when it is undone. */

import { _ } from "../lib/gettext.js";
import { Lives } from "../lib/lives.js";
import { done, names, sentence } from "../lib/words.js";
import { announce } from "../page/announce.js";
import { live } from "../page/live.js";
import { leave } from "../page/motion.js";
import { clone, part, picture, write } from "../page/part.js";
import { markRead } from "../page/marks.js";
import { face } from "../page/people.js";
import { Regret } from "../page/regret.js";

const MOST = 3;
const LIFE_MS = 5_000; // and for so long something can be taken back

class ToastStack extends HTMLElement {
  #gone = null;
  #entries = new WeakMap(); // toast → entries it tells of, by actor, latest last
  #regrets = new WeakMap(); // notice → what is done when it ends
  #lives = new Lives(LIFE_MS, (toast) => this.#dismiss(toast));

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.setAttribute("aria-live", "off"); // `announce` speaks for it, and not more often than one can listen
    live.addEventListener("notification", ({ detail }) => this.#told(detail), { signal });
    live.addEventListener("notification.retracted", ({ detail }) => this.#retracted(detail), { signal });
    for (const kind of ["notification.seen", "notification.read"]) live.addEventListener(kind, ({ detail }) => this.#read(detail), { signal });
    this.addEventListener("click", ({ target }) => markRead(target.closest("a")?.closest("[data-group]")), { signal });
    for (const type of ["pointerover", "pointerleave", "focusin", "focusout"]) {
      this.addEventListener(type, () => this.#hold(), { signal });
    }
    document.addEventListener("visibilitychange", () => this.#hold(), { signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  /**
   * Show words of our own.
   * @param {string} text
   * @param {{act?: () => unknown, undo?: () => void}} [options] `act` is done when the words go, however, unless `undo` is pressed
   */
  say(text, { act, undo } = {}) {
    const toast = clone("notice");
    part(toast, "text").textContent = text;
    if (undo) this.#offer(toast, new Regret(act ?? (() => {})), undo);
    this.#show(toast);
    announce(text);
  }

  /** Take back what was done last, if that is still possible. */
  undoLatest() {
    [...this.querySelectorAll('[data-part="action"]:not([hidden])')].at(-1)?.click();
  }

  /** Dismiss the one that came last. */
  dismissLatest() {
    if (this.lastElementChild) this.#dismiss(this.lastElementChild);
  }

  #offer(toast, regret, undo) {
    const button = part(toast, "action");
    this.#regrets.set(toast, regret);
    Object.assign(button, { textContent: _("Undo"), hidden: false });
    button.onclick = () => {
      if (regret.undo()) undo();
      this.#dismiss(toast);
    };
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
    if (!entries.size) return this.#dismiss(toast);
    this.#fillPeople(toast);
    part(toast, "verb").textContent = done(toast.dataset.kind, null, entries.size);
  }

  #read({ ids, up_to: upTo }) {
    for (const toast of this.querySelectorAll("[data-group]")) {
      const { group } = toast.dataset;
      if (ids ? ids.includes(group) : !upTo || BigInt(group) <= BigInt(upTo)) this.#dismiss(toast);
    }
  }

  #fill(toast, { id, kind, post, across }) {
    Object.assign(toast.dataset, { group: id, across: across?.key ?? "", kind });
    part(toast, "verb").textContent = done(kind, across, this.#entries.get(toast).size);
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
    this.#end(toast);
    leave(toast, "toast--leaving");
    this.#hold(); // the pointer may have been on it
  }

  #drop(toast) {
    this.#end(toast);
    toast.remove();
  }

  #end(toast) {
    this.#lives.stop(toast);
    this.#regrets.get(toast)?.act();
  }
}

// Nobody is told of what they see anyway.
function isOnScreen({ kind, post }) {
  if (document.querySelector("notification-list")) return true;
  return ["comment", "reply"].includes(kind) && document.querySelector(`comment-list[data-post="${CSS.escape(post?.id ?? "")}"]`) !== null;
}

customElements.define("toast-stack", ToastStack);
