/** One photo of a new post: its preview, description and progress. */

import { clone, part, write } from "./part.js";

const STATES = { waiting: "Waiting", uploading: "Uploading", processing: "Uploaded, being prepared", ready: "Ready" };

export class UploadRow {
  /**
   * @param {HTMLTemplateElement} template
   * @param {import("../lib/upload.js").Upload} upload
   * @param {() => void} retry
   */
  constructor(template, upload, retry) {
    this.element = clone(template);
    this.upload = upload;
    this.#preview();
    part(this.element, "name").textContent = upload.file.name;
    part(this.element, "retry").onclick = retry;
    part(this.element, "remove").onclick = () => upload.cancel();
    upload.addEventListener("change", () => this.#draw());
    this.#draw();
  }

  /** @returns {string} the description as it stands */
  get alt() {
    return part(this.element, "alt").value.trim();
  }

  #preview() {
    const image = part(this.element, "preview");
    const url = URL.createObjectURL(this.upload.file);
    image.onload = () => URL.revokeObjectURL(url);
    image.onerror = () => image.removeAttribute("src"); // HEIC: the server can read it, most browsers cannot
    image.src = url;
  }

  #draw() {
    const { state, progress, reason } = this.upload;
    if (state === "cancelled") return this.element.remove();
    this.element.dataset.state = state;
    part(this.element, "progress").value = Math.round(progress * 100);
    write(part(this.element, "state"), STATES[state] ?? reason);
    part(this.element, "retry").hidden = state !== "failed";
  }
}
