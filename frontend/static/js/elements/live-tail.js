/** What passes on a tailed connection, added below what the page had, until the tail ends. */

import { live } from "../page/live.js";
import { clone, part } from "../page/part.js";

const MOST = 500; // rows: as many as the server keeps

class LiveTail extends HTMLElement {
  #gone = null;

  connectedCallback() {
    if ("ended" in this.dataset) return;
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    const { topic } = this.dataset;
    const told = ({ detail }) => detail.topic === topic && this.#told(detail.d);
    live.addEventListener("topic", told, { signal }); // where it stood when the line came up, for the first time or again
    live.addEventListener("ephemeral", told, { signal });
    signal.addEventListener("abort", live.watch(topic));
  }

  disconnectedCallback() {
    this.#gone?.abort();
  }

  #told({ rows, skipped, ended }) {
    if (!rows) return; // it is forgotten, or could not be read
    const last = Number(this.#rows.lastElementChild?.dataset.number ?? 0); // what comes twice, it has
    this.#rows.append(...rows.filter(([number]) => number > last).map((row) => this.#row(row)));
    while (this.#rows.childElementCount > MOST) this.#rows.firstElementChild.remove();
    part(this, "count").textContent = skipped;
    part(this, "skipped").hidden = !skipped;
    if (ended) this.#end(ended);
  }

  #row([number, at, way, kind, topic, seq, size]) {
    const row = clone(part(this, "row"));
    row.dataset.number = number;
    part(row, "time").textContent = new Date(at * 1000).toISOString().slice(11, 23);
    part(row, "way").textContent = way === "in" ? "↑" : "↓";
    part(row, "way").title = part(row, "way").dataset[way];
    part(row, "way").setAttribute("aria-label", part(row, "way").dataset[way]);
    part(row, "kind").textContent = kind;
    part(row, "topic").textContent = topic;
    part(row, "seq").textContent = seq || "";
    part(row, "size").textContent = `${size} B`;
    return row;
  }

  #end(why) {
    this.#gone.abort();
    part(this, "state").textContent = this.dataset[why];
    part(this, "acts").hidden = true;
  }

  get #rows() {
    return part(this, "rows");
  }
}

customElements.define("live-tail", LiveTail);
