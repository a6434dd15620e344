/** Edits one photo in a dialog: its frame, its colours. Gives the edits; whoever asked has the photo made of them. */

import { ADJUSTMENTS, UNTOUCHED, isUntouched, mirrored, turned } from "../lib/edits.js";
import { moved } from "../lib/framing.js";
import { showLooks } from "../page/looks-strip.js";
import { part } from "../page/part.js";
import { Stage } from "../page/stage.js";
import { tabs } from "../page/tabs.js";

export const SIDE = 1_600; // pixels of the photo that is worked on: enough for a screen, and for some zoom
const GREY = Object.fromEntries([...ADJUSTMENTS, "filter", "strength"].map((name) => [name, UNTOUCHED[name]]));

class PhotoEditor extends HTMLElement {
  #edits = UNTOUCHED;
  #bitmap = null;
  #stage = null;
  #tab = "frame";
  #done = null;

  /**
   * Have a photo edited.
   * @param {ImageBitmap} bitmap
   * @param {object} edits what was done to it so far
   * @returns {Promise<object | null>} the edits; null if they were given up
   */
  edit(bitmap, edits) {
    const over = new AbortController();
    const { signal } = over;
    this.#bitmap = bitmap;
    this.#stage = new Stage(part(this, "canvas"), bitmap, edits, (next) => this.#become(next), signal);
    this.#wire(signal);
    this.#dialog.showModal();
    tabs(part(this, "tabs"), (name) => this.#shows(name), signal)("frame");
    this.#become(edits);
    return new Promise((resolve) => {
      this.#done = (result) => {
        over.abort();
        this.#dialog.close();
        resolve(result);
      };
    });
  }

  get #dialog() {
    return this.querySelector("dialog");
  }

  #wire(signal) {
    const on = (name, type, act) => part(this, name).addEventListener(type, act, { signal });
    on("done", "click", () => this.#done(this.#edits));
    on("cancel", "click", () => this.#done(null));
    on("reset", "click", () => this.#become(UNTOUCHED));
    on("turn", "click", () => this.#become(turned(this.#edits)));
    on("mirror", "click", () => this.#become(mirrored(this.#edits)));
    this.#dialog.addEventListener("keydown", (event) => event.stopPropagation(), { signal }); // not the page's shortcuts
    this.#dialog.addEventListener("cancel", () => this.#done(null), { signal });
    this.#dialog.addEventListener("input", ({ target }) => this.#set(target), { signal });
    this.#dialog.addEventListener("dblclick", ({ target }) => this.#unset(target), { signal });
    this.#compare(on);
  }

  /** Before and after: as long as the button is held, by a finger or a key. */
  #compare(on) {
    const show = (before) => {
      part(this, "compare").ariaPressed = String(before);
      this.#stage.show(this.#edits, before ? { ...this.#edits, ...GREY } : this.#edits);
    };
    const key = (event) => (event.key === " " || event.key === "Enter") && !event.preventDefault();
    on("compare", "pointerdown", (event) => show(!event.target.setPointerCapture(event.pointerId)));
    for (const end of ["pointerup", "pointercancel", "blur"]) on("compare", end, () => show(false));
    on("compare", "keydown", (event) => key(event) && show(true));
    on("compare", "keyup", (event) => key(event) && show(false));
  }

  #set(field) {
    const { edit } = field.dataset;
    if (!edit) return;
    const value = field.type === "range" ? Number(field.value) : field.value;
    this.#become(moved(this.#bitmap, { ...this.#edits, [edit]: value }, 0, 0));
  }

  #unset(field) {
    if (field.type === "range") this.#become({ ...this.#edits, [field.dataset.edit]: UNTOUCHED[field.dataset.edit] });
  }

  #shows(tab) {
    this.#tab = tab;
    this.#stage.lines = tab === "frame";
    this.#stage.show(this.#edits);
    if (tab === "filters") showLooks(this.querySelectorAll("[data-look]"), this.#bitmap, this.#edits);
  }

  #become(edits) {
    this.#edits = edits;
    for (const field of this.querySelectorAll("[data-edit]")) draw(field, edits[field.dataset.edit]);
    part(this, "strength").hidden = edits.filter === "none";
    part(this, "reset").disabled = isUntouched(edits);
    this.#stage.show(edits);
  }
}

function draw(field, value) {
  if (field.type === "radio") {
    field.checked = field.value === value;
    return;
  }
  field.value = value;
  const told = field.dataset.edit === "zoom" ? `${value.toFixed(1)}×` : String(Math.round(value));
  part(field.closest("label"), "value").textContent = told;
}

customElements.define("photo-editor", PhotoEditor);
