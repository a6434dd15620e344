/** A follow as desired state. Without JavaScript it is its form. */

import { Desired } from "../lib/desired.js";
import { _, fill } from "../lib/gettext.js";
import { live, me } from "../page/live.js";
import { lasting, wished } from "../page/outbox.js";
import { say } from "../page/say.js";

class FollowButton extends HTMLElement {
  #gone = null;
  #keys = new Set();
  #parting = false;
  #desired = new Desired({
    settled: this.#follows,
    ...lasting((follows) => this.#request(follows)),
    confirmed: ({ following }) => this.#draw(following),
    failed: (error, follows) => this.#failed(error, follows),
  });

  connectedCallback() {
    if (!me.id) return; // the form leads to the log-in page
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    live.addEventListener("user.followed", ({ detail }) => this.#told(detail), { signal });
    this.#resume();
  }

  disconnectedCallback() {
    this.#gone?.abort();
  }

  get #lane() {
    return `follow:${this.dataset.username}`;
  }

  get #follows() {
    return this.dataset.following !== "no";
  }

  get #isGuarded() {
    return "private" in this.dataset && this.dataset.following === "yes";
  }

  /** What following comes to: a private person is only asked. The answer says how it went. */
  get #granted() {
    return "private" in this.dataset ? "requested" : "yes";
  }

  // What another page of this browser wished and could not send.
  async #resume() {
    const follows = await wished(this.#lane);
    if (follows !== undefined && follows !== this.#follows) this.#want(follows);
  }

  #submitted(event) {
    event.preventDefault();
    const follows = !this.#follows;
    if (!follows && this.#isGuarded) return this.#part();
    if (this.#parting) return this.#stay();
    this.#want(follows);
  }

  #want(follows) {
    this.#draw(follows ? this.#granted : "no");
    this.#desired.want(follows);
  }

  // Who leaves a private person has to ask anew: that takes effect when it can be taken back no more.
  #part() {
    this.#parting = true;
    this.#draw("no");
    say(fill(_("You no longer follow %(name)s."), { name: this.dataset.username }), {
      act: () => this.#parting && this.#leave(),
      undo: () => this.#stay(),
    });
  }

  #leave() {
    this.#parting = false;
    this.#desired.want(false);
  }

  #stay() {
    this.#parting = false;
    this.#draw("yes");
  }

  #request(follows) {
    const key = crypto.randomUUID();
    this.#keys.add(key);
    const path = `/users/${encodeURIComponent(this.dataset.username)}/follow`;
    return { lane: this.#lane, key, method: follows ? "PUT" : "DELETE", path };
  }

  #failed(error, follows) {
    this.#draw(follows ? this.#granted : "no");
    say(error.message);
  }

  #told({ user, following, mut }) {
    if (user !== this.dataset.user || this.#keys.has(mut) || this.#desired.busy) return;
    this.#desired.told(following !== "no");
    this.#draw(following);
    if (following === "yes" && this.#hides) location.reload(); // what they show was not sent to who could not see it
  }

  get #hides() {
    return document.querySelector(`[data-hidden-by="${CSS.escape(this.dataset.user)}"]`) !== null;
  }

  #draw(following) {
    this.dataset.following = following;
    this.querySelector('input[name="undo"]').disabled = following === "no";
  }
}

customElements.define("follow-button", FollowButton);
