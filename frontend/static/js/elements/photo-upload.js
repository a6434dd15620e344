/** Makes a post: photos go up while the caption is typed. Without JavaScript it is its form. */

import { Line } from "../lib/line.js";
import { Upload } from "../lib/upload.js";
import { api, insist } from "../page/api.js";
import { live } from "../page/live.js";
import { part, write } from "../page/part.js";
import { UploadRow } from "../page/upload-row.js";

const AT_A_TIME = 2; // more would hold up everything else the page asks for

class PhotoUpload extends HTMLElement {
  #gone = null;
  #rows = [];
  #line = new Line(AT_A_TIME);

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    const input = part(this, "input");
    this.classList.add("photo-upload--live");
    input.required = false; // the photos are in the rows
    input.addEventListener("change", () => this.#picked(input), { signal });
    document.addEventListener("paste", ({ clipboardData }) => this.#add(clipboardData.files), { signal });
    document.addEventListener("dragover", (event) => this.#dragged(event), { signal });
    document.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget ?? this.#dragging(false), { signal });
    document.addEventListener("drop", (event) => this.#dropped(event), { signal });
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    live.addEventListener("post.media", ({ detail }) => this.#judged(detail.media), { signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  #picked(input) {
    this.#add(input.files);
    input.value = ""; // so that the same file can be picked again
  }

  #dragged(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.#dragging(true);
  }

  #dropped(event) {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    this.#dragging(false);
    this.#add(event.dataTransfer.files);
  }

  #dragging(dragging) {
    this.dataset.dragging = String(dragging);
  }

  #add(files) {
    const room = Number(this.dataset.maxFiles) - this.#rows.length;
    if (files.length > room) this.#error(`A post has at most ${this.dataset.maxFiles} photos.`);
    for (const file of [...files].slice(0, room)) this.#start(file);
    part(this, "rows").hidden = this.#rows.length === 0;
  }

  #start(file) {
    const upload = new Upload(file, this.dataset.mediaUrl, (key) => api.headers("POST", key, false));
    const row = new UploadRow(part(this, "row"), upload, () => this.#queue(upload));
    this.#rows.push(row);
    part(this, "rows").append(row.element);
    upload.addEventListener("change", () => this.#changed(row));
    this.#queue(upload);
  }

  #queue(upload) {
    this.#line.add(() => {
      if (upload.state !== "cancelled") upload.start();
      return upload.sent();
    });
  }

  #changed(row) {
    const { state, media } = row.upload;
    if (state === "cancelled") this.#remove(row, media);
    const up = this.#rows.filter(({ upload }) => upload.media).length;
    part(this, "status").textContent = `${up} of ${this.#rows.length} photos uploaded`;
  }

  #remove(row, media) {
    this.#rows = this.#rows.filter((other) => other !== row);
    part(this, "rows").hidden = this.#rows.length === 0;
    if (media) api.ask("DELETE", `/media/${media}`).catch(() => {}); // the server clears what no post uses
  }

  #judged(media) {
    this.#rows.find(({ upload }) => upload.media === media.id)?.upload.judged(media);
  }

  async #submitted(event) {
    event.preventDefault();
    const button = part(this, "submit");
    this.#error("");
    button.disabled = true;
    try {
      location.assign(await this.#post());
    } catch (error) {
      this.#error(error.message);
      button.disabled = false;
    }
  }

  async #post() {
    await Promise.all(this.#rows.map(({ upload }) => upload.sent()));
    if (this.#rows.length === 0) throw new Error("Choose at least one photo.");
    if (this.#rows.some(({ upload }) => upload.state === "failed")) throw new Error("Remove or retry the photos that failed.");
    await Promise.all(this.#rows.filter(({ alt }) => alt).map((row) => this.#describe(row)));
    const media = this.#rows.map(({ upload }) => upload.media);
    const key = crypto.randomUUID();
    const body = { caption: part(this, "caption").value, media, visibility: "public" };
    const { url } = await insist(() => api.ask("POST", "/posts", { body, key }));
    return url;
  }

  #describe({ alt, upload }) {
    return insist(() => api.ask("PATCH", `/media/${upload.media}`, { body: { alt } }));
  }

  #error(text) {
    write(part(this, "error"), text);
  }
}

customElements.define("photo-upload", PhotoUpload);
