/** Up to three numbers over time, drawn by uPlot on a canvas. The words and the colours of its lines are in the page. */

import uPlot from "../../vendor/uplot/uPlot.min.js";
import { figure } from "../lib/figures.js";

const MOST_POINTS = 10_000;
const HEIGHT = 180;
const AXIS_PX = 64; // room for "1,023.9 KB"
const LINE_PX = 1.5;
const WHOLE = [...Array(12).keys()].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power)); // between ticks of counts

const language = `${document.documentElement.lang}-u-nu-latn`;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const clockWithSeconds = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

class TimeChart extends HTMLElement {
  #gone = null;
  #chart = null;
  #columns = null; // [times, ...values]: what uPlot draws
  #span = 0;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#chart?.redraw(), { signal });
    const size = new ResizeObserver(() => this.#chart?.setSize({ width: this.#stage.clientWidth, height: HEIGHT }));
    size.observe(this.#stage);
    signal.addEventListener("abort", () => size.disconnect());
  }

  disconnectedCallback() {
    this.#gone.abort();
    this.#chart?.destroy();
    this.#chart = null;
  }

  /** Draw columns by name, `at` among them; they are copied, since each chart goes on by itself. */
  load(columns) {
    this.#columns = ["at", ...this.#names].map((name) => columns[name]?.slice() ?? columns.at.map(() => null));
    this.#draw();
  }

  /** Add what is now. */
  push(at, numbers) {
    if (!this.#columns) return;
    [at, ...this.#names.map((name) => numbers[name] ?? null)].forEach((value, place) => this.#columns[place].push(value));
    if (this.#columns[0].length > MOST_POINTS) this.#columns.forEach((column) => column.shift());
    this.#draw();
  }

  /** Show so many seconds up to now. */
  show(seconds) {
    this.#span = seconds;
    this.#draw();
  }

  get #names() {
    return this.dataset.names.split(" ");
  }

  get #stage() {
    return this.querySelector('[data-part="stage"]');
  }

  get #keys() {
    return [...this.querySelectorAll('[data-part="key"]')];
  }

  #draw() {
    const now = this.#columns?.[0].at(-1);
    if (now === undefined) return;
    this.hidden = false;
    this.#chart ??= new uPlot(this.#options(), this.#columns, this.#stage);
    this.#chart.setData(this.#columns, false);
    this.#chart.setScale("x", { min: now - this.#span, max: now });
    this.#tell();
  }

  #options() {
    const { kind } = this.dataset;
    const muted = () => getComputedStyle(this.querySelector('[data-part="keys"]')).color;
    const line = () => getComputedStyle(this.#stage).borderBlockStartColor;
    const axis = { stroke: muted, font: `12px ${getComputedStyle(this).fontFamily}`, grid: { stroke: line, width: 1 }, ticks: { show: false } };
    const times = (_, ticks) => ticks.map((tick) => (this.#span > 3600 ? clock : clockWithSeconds).format(tick * 1000));
    return {
      width: this.#stage.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { y: { range: (_, low, high) => [0, high > 0 ? high * 1.1 : 1] } },
      axes: [
        { ...axis, size: 32, space: 88, values: times },
        { ...axis, size: AXIS_PX, ...(kind === "count" && { incrs: WHOLE }), values: (_, ticks) => ticks.map((tick) => figure(tick, kind === "bound" ? "seconds" : kind)) },
      ],
      series: [{}, ...this.#keys.map((key) => ({ stroke: () => getComputedStyle(key).color, width: LINE_PX, points: { show: false }, spanGaps: false }))],
      hooks: { setCursor: [() => this.#tell()] },
    };
  }

  // What the lines are at the cursor, or else now.
  #tell() {
    const [times, ...lines] = this.#columns;
    const place = this.#chart.cursor.idx ?? times.length - 1;
    this.#keys.forEach((key, number) => (key.querySelector("output").textContent = figure(lines[number][place], this.dataset.kind)));
  }
}

customElements.define("time-chart", TimeChart);
