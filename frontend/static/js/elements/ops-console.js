/** The operators' console: keeps the page's numbers as the topic `ops` has them, and feeds the charts. */

import "./time-chart.js";
import { figure } from "../lib/figures.js";
import { live } from "../page/live.js";

const STALE_MS = 5_000;
const LIVE_SECONDS = 300;

class OpsConsole extends HTMLElement {
  #gone = null;
  #timer = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    live.addEventListener("topic", ({ detail }) => detail.topic === "ops" && !detail.first && this.#told(detail.d), { signal });
    this.addEventListener("change", ({ target }) => target.name === "span" && this.#show(Number(target.value)), { signal });
    signal.addEventListener("abort", live.watch("ops"));
    this.#part("spans").hidden = false;
    this.#load();
  }

  disconnectedCallback() {
    this.#gone.abort();
    clearTimeout(this.#timer);
  }

  get #charts() {
    return this.querySelectorAll("time-chart");
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  async #load() {
    this.#show(LIVE_SECONDS);
    const answer = await fetch(this.dataset.history, { signal: this.#gone.signal }).catch(() => null);
    const columns = answer?.ok ? await answer.json() : { at: [] };
    for (const chart of this.#charts) chart.load(columns);
  }

  #show(seconds) {
    for (const chart of this.#charts) chart.show(seconds);
  }

  #told({ at, numbers, parts, clients, nodes }) {
    this.dataset.state = "live";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.dataset.state = "stale"), STALE_MS);
    this.#fill(this.#part("sums"), numbers);
    for (const [name, rows] of Object.entries(parts)) this.#list(this.#part(name), rows);
    this.#list(this.#part("clients"), clients);
    this.#rows(nodes);
    for (const chart of this.#charts) chart.push(at, numbers);
  }

  #fill(where, numbers) {
    for (const cell of where.querySelectorAll("[data-number]")) {
      const { number, kind, of } = cell.dataset;
      cell.textContent = figure(numbers[number], kind, numbers[of]);
    }
  }

  #list(body, rows) {
    body.replaceChildren(...rows.map((cells) => this.#row(cells)));
  }

  #row(cells) {
    const row = document.createElement("tr");
    cells.forEach((value, place) => {
      const cell = row.appendChild(document.createElement(place ? "td" : "th"));
      if (!place) cell.scope = "row";
      cell.textContent = typeof value === "number" ? figure(value, "count") : value || "–";
    });
    return row;
  }

  #rows(nodes) {
    const body = this.#part("nodes");
    const kept = new Map([...body.rows].map((row) => [row.dataset.id, row]));
    body.replaceChildren(...nodes.map((node) => this.#node(kept.get(node.id), node)));
  }

  #node(row, { id, node, host, pid, state, broken, numbers }) {
    row ??= this.#part("node").content.firstElementChild.cloneNode(true);
    row.dataset.id = id;
    const words = { node, host: `${host} · ${pid}`, state: broken ? `${state}, ${broken}` : state };
    for (const [part, text] of Object.entries(words)) row.querySelector(`[data-word="${part}"]`).textContent = text;
    this.#fill(row, numbers);
    return row;
  }
}

customElements.define("ops-console", OpsConsole);
