/** The photos of a new post on the page: rows with their uploads, two at a time, kept on this device as they change. */

import { isUntouched } from "../lib/edits.js";
import { _, fill, plural } from "../lib/gettext.js";
import { Line } from "../lib/line.js";
import { Upload } from "../lib/upload.js";
import { api, insist, untilBack } from "./api.js";
import { order } from "./ordering.js";
import { part, write } from "./part.js";
import { UploadRow } from "./upload-row.js";

const AT_A_TIME = 2; // more would hold up everything else the page asks for
const GOING = ["waiting", "preparing", "uploading"];

export class Album {
  draft = null;
  #root;
  #place;
  #edit;
  #arranged;
  #rows = new Map(); // by element: their order is the page's
  #verdicts = new Map(); // by media
  #line = new Line(AT_A_TIME);

  /**
   * @param {HTMLElement} root
   * @param {import("./darkroom.js").Darkroom} darkroom
   * @param {{edit: (row: UploadRow) => void, arranged: () => void}} told of a wish to edit, and of another order
   * @param {AbortSignal} signal
   */
  constructor(root, darkroom, { edit, arranged }, signal) {
    this.#root = root;
    this.#place = { template: part(root, "row"), darkroom, maxSeconds: Number(root.dataset.maxSeconds) };
    this.#edit = edit;
    this.#arranged = arranged;
    order(part(root, "rows"), (element) => this.#moved(element), signal);
    for (const [name, all] of [["pause-all", "pause"], ["resume-all", "resume"]]) {
      part(root, name).addEventListener("click", () => this.uploads.forEach((upload) => upload[all]()), { signal });
    }
  }

  get size() {
    return this.#rows.size;
  }

  /** @returns {UploadRow[]} in the order of the page */
  get rows() {
    return [...part(this.#root, "rows").children].map((element) => this.#rows.get(element));
  }

  get uploads() {
    return this.rows.map(({ upload }) => upload);
  }

  get undescribed() {
    return this.rows.filter(({ alt }) => !alt);
  }

  /** @param {{id: string, file: File}} photo new, or as it was kept */
  begin(photo) {
    const row = new UploadRow(this.#place, photo, (row) => this.#uploadOf(row, photo));
    this.#rows.set(row.element, row);
    part(this.#root, "rows").append(row.element);
    row.upload.addEventListener("change", () => this.#changed(row));
    if (!row.isVideo) part(row.element, "open").onclick = () => this.#edit(row);
    part(row.element, "edit").onclick = () => this.#edit(row);
    this.#renumber();
    this.#changed(row);
  }

  /** Take other edits: what went up before them is of no more use. */
  async edited(row, edits) {
    await row.edited(edits);
    forget(row.upload.renew());
  }

  described(element) {
    this.draft?.keepPhoto(this.#rows.get(element));
  }

  keep() {
    for (const row of this.rows) this.draft?.keepPhoto(row);
  }

  clear() {
    for (const upload of this.uploads) upload.cancel();
  }

  /** The server has looked at a photo, perhaps before its upload was answered here. */
  judged(media) {
    this.#verdicts.set(media.id, media);
    this.uploads.find((upload) => upload.media === media.id)?.judged(media);
  }

  /** Ask what became of the photos that the server has; those it has no more are sent again. */
  look() {
    const sent = this.uploads.filter(({ state }) => state === "processing");
    return Promise.all(sent.map(lookAt));
  }

  /** @returns {Promise<string[]>} the server's ids, in order, once all are there and described */
  async arrived() {
    for (const upload of this.uploads) if (upload.state === "paused") upload.resume();
    await Promise.all(this.uploads.map((upload) => upload.sent()));
    if (this.uploads.some(({ state }) => state === "failed")) throw new Error(_("Remove or retry the photos that failed."));
    await Promise.all(this.rows.filter(({ alt }) => alt).map(describe));
    return this.uploads.map(({ media }) => media);
  }

  #uploadOf(row, before) {
    const bytes = async () => (isUntouched(row.edits) ? row.file : this.#place.darkroom.develop(row.file, row.edits));
    return new Upload(bytes, this.#root.dataset.mediaUrl, (key) => api.headers("POST", key, false), before);
  }

  #changed(row) {
    const { upload } = row;
    if (upload.state === "cancelled") return this.#removed(row);
    if (upload.state === "waiting") this.#line.add(() => upload.start());
    if (upload.state === "processing" && this.#verdicts.has(upload.media)) return upload.judged(this.#verdicts.get(upload.media));
    if (upload.lost) untilBack().then(() => upload.lost && upload.resume());
    if (upload.state !== "uploading") this.draft?.keepPhoto(row); // not at each percent
    this.#tell();
  }

  #removed(row) {
    this.#rows.delete(row.element);
    this.draft?.drop(row);
    forget(row.upload.media);
    this.#renumber();
    this.#arranged();
    this.#tell();
  }

  #moved(element) {
    this.#renumber();
    this.#arranged();
    const at = this.rows.indexOf(this.#rows.get(element)) + 1;
    write(part(this.#root, "status"), fill(_("Moved to place %(at)s of %(count)s"), { at, count: this.size }));
  }

  #renumber() {
    const { rows } = this;
    rows.forEach((row, at) => row.number(at, rows.length));
    part(this.#root, "rows").hidden = rows.length === 0;
  }

  #tell() {
    const states = this.uploads.map(({ state }) => state);
    const count = states.length;
    const up = this.uploads.filter(({ media }) => media).length;
    const told = plural("%(up)s of %(count)s photo uploaded", "%(up)s of %(count)s photos uploaded", count);
    write(part(this.#root, "overall"), count ? fill(told, { up, count }) : "");
    part(this.#root, "pause-all").hidden = count < 2 || !states.some((state) => GOING.includes(state));
    part(this.#root, "resume-all").hidden = count < 2 || !states.includes("paused");
  }
}

/** The server would clear what no post uses, but in some days only. */
function forget(media) {
  if (media) api.ask("DELETE", `/media/${media}`).catch(() => {});
}

async function lookAt(upload) {
  try {
    upload.judged(await insist(() => api.ask("GET", `/media/${upload.media}`)));
  } catch {
    upload.renew();
  }
}

function describe({ alt, upload }) {
  return insist(() => api.ask("PATCH", `/media/${upload.media}`, { body: { alt } }));
}
