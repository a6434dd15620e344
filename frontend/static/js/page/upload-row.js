/** One photo or video of a new post: how it looks, what is in it, and how far it is. */

import { render } from "../lib/darkroom.js";
import { UNTOUCHED } from "../lib/edits.js";
import { _, fill } from "../lib/gettext.js";
import { isVideo } from "../lib/limits.js";
import { clone, part, write } from "./part.js";

const SIDE = 480; // pixels of the small picture
const STATES = {
  waiting: () => _("Waiting"),
  preparing: () => _("Preparing"),
  uploading: () => _("Uploading"),
  paused: () => _("Paused. It is sent again from its start."),
  processing: () => _("Uploaded, being prepared"),
  ready: () => _("Ready"),
};
const GOING = ["waiting", "preparing", "uploading"];

export class UploadRow {
  edits;
  upload;
  #bitmap = null;
  #darkroom;

  /**
   * @param {{template: HTMLTemplateElement, darkroom: import("./darkroom.js").Darkroom, maxSeconds: number}} place
   * @param {{id: string, file: File, alt?: string, edits?: object}} photo
   * @param {(row: UploadRow) => import("../lib/upload.js").Upload} uploadOf
   */
  constructor({ template, darkroom, maxSeconds }, { id, file, alt = "", edits = UNTOUCHED }, uploadOf) {
    Object.assign(this, { id, file, edits, element: clone(template), isVideo: isVideo(file) });
    this.#darkroom = darkroom;
    this.element.dataset.kind = this.isVideo ? "video" : "photo";
    part(this.element, "alt").value = alt;
    part(this.element, "name").textContent = file.name;
    this.upload = uploadOf(this);
    this.#wire();
    if (this.isVideo) this.#film(maxSeconds);
    else this.#look();
    this.#draw();
  }

  /** @returns {string} the description as it stands */
  get alt() {
    return part(this.element, "alt").value.trim();
  }

  /** @returns {object} what is kept of it on this device */
  get record() {
    const { id, file, alt, edits } = this;
    const { key, media } = this.upload;
    return { id, file, alt, edits, key, media };
  }

  /** Whether this browser can open it, and so edit it. */
  get isOpen() {
    return this.#bitmap !== null;
  }

  /** Say which one it is: for who cannot see where it stands. */
  number(at, count) {
    part(this.element, "number").textContent = fill(_("%(at)s of %(count)s"), { at: at + 1, count });
    part(this.element, "earlier").disabled = at === 0;
    part(this.element, "later").disabled = at === count - 1;
  }

  async edited(edits) {
    this.edits = edits;
    await render(part(this.element, "picture"), this.#bitmap, edits, { side: SIDE });
  }

  describe() {
    part(this.element, "alt").focus();
  }

  #wire() {
    const { upload } = this;
    part(this.element, "pause").onclick = () => upload.pause();
    part(this.element, "retry").onclick = () => upload.resume();
    part(this.element, "remove").onclick = () => upload.cancel();
    upload.addEventListener("change", () => this.#draw());
  }

  async #look() {
    try {
      this.#bitmap = await this.#darkroom.look(this.file, SIDE * 2);
      await this.edited(this.edits);
    } catch {
      part(this.element, "blank").hidden = false; // HEIC: the server can read it, most browsers cannot
    }
    part(this.element, "picture").hidden = !this.isOpen;
    part(this.element, "open").disabled = !this.isOpen;
    part(this.element, "edit").hidden = !this.isOpen;
  }

  #film(maxSeconds) {
    const film = part(this.element, "film");
    const open = part(this.element, "open");
    film.onloadedmetadata = () => film.duration > maxSeconds + 1 && this.upload.refuse(tooLong(film.duration, maxSeconds));
    film.src = URL.createObjectURL(this.file);
    film.hidden = false;
    open.disabled = false;
    open.setAttribute("aria-label", _("Play or pause this video"));
    open.onclick = () => (film.paused ? film.play() : film.pause());
    part(this.element, "picture").hidden = true;
    part(this.element, "label").textContent = _("Describe this video");
  }

  #draw() {
    const { state, progress, reason } = this.upload;
    if (state === "cancelled") return this.#close();
    this.element.dataset.state = state;
    part(this.element, "progress").value = Math.round(progress * 100);
    write(part(this.element, "state"), STATES[state]?.() ?? reason);
    part(this.element, "pause").hidden = !GOING.includes(state);
    part(this.element, "retry").hidden = state !== "failed" && state !== "paused";
    part(this.element, "retry").ariaLabel = state === "paused" ? _("Go on") : _("Try again");
  }

  #close() {
    URL.revokeObjectURL(part(this.element, "film").src);
    this.#bitmap?.close();
    this.element.remove();
  }
}

function tooLong(seconds, limit) {
  return fill(_("This video lasts %(seconds)s seconds; the limit is %(limit)s."), { seconds: Math.round(seconds), limit });
}
