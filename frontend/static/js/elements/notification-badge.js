/** The number of unseen notifications, in the navigation; and wherever else it is looked for. */

import { api, insist } from "../page/api.js";
import { live } from "../page/live.js";
import { flash } from "../page/motion.js";
import { showUnread } from "../page/unread.js";

const MOST_SHOWN = 99;
const KINDS = ["notification", "notification.retracted", "notification.seen", "notification.read"];

class NotificationBadge extends HTMLElement {
  #gone = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    for (const kind of KINDS) live.addEventListener(kind, ({ detail }) => this.#show(detail.unread), { signal });
    showUnread(Number(this.dataset.count));
    live.addEventListener("resync", ({ detail }) => detail.waitUntil(this.#load()), { signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  async #load() {
    const { count } = await insist(() => api.ask("GET", "/notifications/unread"));
    this.#show(count);
  }

  #show(unread) {
    const text = unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread);
    if (unread > Number(this.dataset.count)) flash(this, "notification-badge--fresh");
    this.dataset.count = String(unread);
    this.textContent = unread ? text : "";
    showUnread(unread);
  }
}

customElements.define("notification-badge", NotificationBadge);
