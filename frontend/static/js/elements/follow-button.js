/** A follow as desired state. Without JavaScript it is its form. */

import { Desired } from "../lib/desired.js";
import { api, untilBack } from "../page/api.js";
import { live, me } from "../page/live.js";
import { say } from "../page/say.js";

class FollowButton extends HTMLElement {
  #gone = null;
  #keys = new Set();
  #desired = new Desired({
    settled: this.#follows,
    send: (follows) => this.#send(follows),
    wait: untilBack,
    confirmed: ({ following }) => this.#draw(following),
    failed: (error, follows) => this.#failed(error, follows),
  });

  connectedCallback() {
    if (!me.id) return; // the form leads to the log-in page
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    live.addEventListener("user.followed", ({ detail }) => this.#told(detail), { signal });
  }

  disconnectedCallback() {
    this.#gone?.abort();
  }

  get #follows() {
    return this.dataset.following !== "no";
  }

  /** What following comes to: a private person is only asked. The answer says how it went. */
  get #granted() {
    return "private" in this.dataset ? "requested" : "yes";
  }

  #submitted(event) {
    event.preventDefault();
    const follows = !this.#follows;
    this.#draw(follows ? this.#granted : "no");
    this.#desired.want(follows);
  }

  #send(follows) {
    const key = crypto.randomUUID();
    this.#keys.add(key);
    const path = `/users/${encodeURIComponent(this.dataset.username)}/follow`;
    return api.ask(follows ? "PUT" : "DELETE", path, { key });
  }

  #failed(error, follows) {
    this.#draw(follows ? this.#granted : "no");
    say(error.message);
  }

  #told({ user, following, mut }) {
    if (user !== this.dataset.user || this.#keys.has(mut) || this.#desired.busy) return;
    this.#desired.told(following !== "no");
    this.#draw(following);
  }

  #draw(following) {
    this.dataset.following = following;
    this.querySelector('input[name="undo"]').disabled = following === "no";
  }
}

customElements.define("follow-button", FollowButton);
