/** The frames that went by, the last few hundred of them, each with its time and size. Follows the newest unless held. */

import { gist } from "../lib/gist.js";
import { clone, part } from "../page/part.js";

const MOST = 500;
const NEAR_PX = 40; // of the end counts as the end
const ENCODER = new TextEncoder();

class WireTape extends HTMLElement {
  #hidden = new Set();

  /** Add a message. */
  add({ out, text, message }) {
    const row = clone("tape-row");
    row.dataset.type = message?.t ?? "?";
    row.dataset.way = out ? "out" : "in";
    if (message?.r) row.dataset.replayed = "";
    part(row, "way").textContent = out ? "↑" : "↓";
    part(row, "way").title = out ? "sent" : "received";
    part(row, "type").textContent = row.dataset.type;
    part(row, "gist").textContent = gist(message) || (message ? "" : text);
    part(row, "size").textContent = size(ENCODER.encode(text).length);
    row.firstElementChild.addEventListener("toggle", () => this.#unfold(row, message, text), { once: true });
    this.#append(row);
  }

  /** Add words of our own. */
  note(words) {
    const row = clone("tape-note");
    part(row, "words").textContent = words;
    row.dataset.type = "note";
    this.#append(row);
  }

  /** Show or hide all of a type. */
  toggle(type, shown) {
    if (shown) this.#hidden.delete(type);
    else this.#hidden.add(type);
    for (const row of this.#rows.children) row.hidden = this.#hidden.has(row.dataset.type);
  }

  clear() {
    this.#rows.replaceChildren();
    this.#empty();
  }

  get #rows() {
    return part(this, "rows");
  }

  #append(row) {
    const rows = this.#rows;
    const follows = rows.scrollHeight - rows.scrollTop - rows.clientHeight < NEAR_PX;
    const now = new Date();
    part(row, "time").textContent = clock(now);
    part(row, "time").dateTime = now.toISOString();
    row.hidden = this.#hidden.has(row.dataset.type);
    rows.append(row);
    while (rows.childElementCount > MOST) rows.firstElementChild.remove();
    if (follows) rows.scrollTop = rows.scrollHeight;
    this.#empty();
  }

  #empty() {
    part(this, "empty").hidden = this.#rows.childElementCount > 0;
  }

  // Only now: pretty-printing hundreds of frames that nobody opens would cost.
  #unfold(row, message, text) {
    part(row, "text").textContent = message ? JSON.stringify(message, null, 2) : text;
  }
}

function clock(date) {
  const digits = (number, count) => String(number).padStart(count, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((number) => digits(number, 2)).join(":");
  return `${time}.${digits(date.getMilliseconds(), 3)}`;
}

function size(bytes) {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`;
}

customElements.define("wire-tape", WireTape);
