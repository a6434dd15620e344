/** The photo under its frame while it is edited: drawn as often as the screen shows it, moved by fingers and keys. */

import { render } from "../lib/darkroom.js";
import { zoomed } from "../lib/edits.js";
import { moved } from "../lib/framing.js";

const MOST = { side: 1_200, pixels: 600_000 }; // coloured within a frame on a phone
const WHEEL_PIXELS = 400; // that come e times closer
const STEP = 0.02; // of the frame, by an arrow key
const CLOSER = { "+": 1.1, "=": 1.1, "-": 1 / 1.1 };
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

export class Stage {
  shown; // the edits that are drawn: those without colours while one compares
  lines = false; // thirds, to frame by
  #canvas;
  #bitmap;
  #changed;
  #edits;
  #over;
  #fingers = new Map();
  #drawing = false;
  #stale = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {ImageBitmap} bitmap
   * @param {object} edits
   * @param {(edits: object) => void} changed when the photo was moved or zoomed here
   * @param {AbortSignal} signal
   */
  constructor(canvas, bitmap, edits, changed, signal) {
    this.#canvas = canvas;
    this.#bitmap = bitmap;
    this.#edits = edits;
    this.#changed = changed;
    this.#over = signal;
    canvas.addEventListener("pointerdown", (event) => this.#touched(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.#pulled(event), { signal });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, ({ pointerId }) => this.#fingers.delete(pointerId), { signal });
    }
    canvas.addEventListener("wheel", (event) => this.#wheeled(event), { signal, passive: false });
    canvas.addEventListener("keydown", (event) => this.#pressed(event), { signal });
  }

  /** Draw these edits, once the frame before is done: of many in between only the last is drawn. */
  async show(edits, shown = edits) {
    this.#edits = edits;
    this.shown = shown;
    this.#stale = true;
    if (this.#drawing) return;
    this.#drawing = true;
    while (this.#stale) {
      await new Promise(requestAnimationFrame);
      if (this.#over.aborted) return; // the photo is let go
      this.#stale = false;
      await this.#draw();
    }
    this.#drawing = false;
  }

  async #draw() {
    const context = await render(this.#canvas, this.#bitmap, this.shown, MOST);
    if (this.lines) thirds(context);
  }

  #touched(event) {
    this.#canvas.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, event);
  }

  #pulled(event) {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const others = [...this.#fingers.values()].filter(({ pointerId }) => pointerId !== event.pointerId);
    this.#fingers.set(event.pointerId, event);
    const share = 1 / this.#fingers.size; // of two fingers each pulls half
    this.#move((event.clientX - before.clientX) * share, (event.clientY - before.clientY) * share);
    if (others.length === 1) this.#zoom(distance(event, others[0]) / distance(before, others[0]));
  }

  #wheeled(event) {
    event.preventDefault();
    this.#zoom(Math.exp(-event.deltaY / WHEEL_PIXELS));
  }

  #pressed(event) {
    if (event.key in CLOSER) this.#zoom(CLOSER[event.key]);
    else if (event.key in ARROWS) this.#changed(moved(this.#bitmap, this.#edits, ...ARROWS[event.key]));
    else return;
    event.preventDefault();
  }

  /** By pixels of the screen. The canvas is shown whole within its box, so the tighter side tells its scale. */
  #move(dx, dy) {
    const { width, height } = this.#canvas;
    const box = this.#canvas.getBoundingClientRect();
    const scale = Math.min(box.width / width, box.height / height);
    this.#changed(moved(this.#bitmap, this.#edits, dx / width / scale, dy / height / scale));
  }

  #zoom(factor) {
    this.#changed(moved(this.#bitmap, zoomed(this.#edits, factor), 0, 0));
  }
}

function distance(one, other) {
  return Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY));
}

function thirds(context) {
  const { width, height } = context.canvas;
  context.fillStyle = "rgb(255 255 255 / 0.55)";
  for (const third of [1 / 3, 2 / 3]) {
    context.fillRect(Math.round(width * third), 0, 1, height);
    context.fillRect(0, Math.round(height * third), width, 1);
  }
}
