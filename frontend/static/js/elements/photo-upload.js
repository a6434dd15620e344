/** Makes a post: photos go up while the caption is typed, and all is kept until it is shared. Else it is its form. */

import { _, fill, plural } from "../lib/gettext.js";
import { refusal } from "../lib/limits.js";
import { takeShared } from "../lib/shared.js";
import { Album } from "../page/album.js";
import { api, insist } from "../page/api.js";
import { captionCount } from "../page/caption-count.js";
import { Darkroom } from "../page/darkroom.js";
import { PostDraft } from "../page/post-draft.js";
import { live } from "../page/live.js";
import { part, write } from "../page/part.js";
import { pick } from "../page/picking.js";
import { SIDE } from "./photo-editor.js";

const MEGABYTE = 1024 * 1024;

class PhotoUpload extends HTMLElement {
  #gone = null;
  #album = null;
  #darkroom = null;
  #draft = null;
  #editing = false;
  #key = crypto.randomUUID(); // of the post: asked for twice it is made once

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.classList.add("photo-upload--live");
    part(this, "input").required = false; // the photos are in the rows
    this.#darkroom = new Darkroom(this.dataset.worker, this.#most.photoBytes);
    const told = { edit: (row) => this.#edit(row), arranged: () => this.#keepWords() };
    this.#album = new Album(this, this.#darkroom, told, signal);
    pick(this, (files) => this.add(files), signal);
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.addEventListener("input", ({ target }) => this.#typed(target), { signal });
    part(this, "discard").addEventListener("click", () => this.#discard(), { signal });
    part(this, "describe").addEventListener("click", () => this.#album.undescribed[0]?.describe(), { signal });
    live.addEventListener("post.media", ({ detail }) => this.#album.judged(detail.media), { signal });
    live.addEventListener("resync", ({ detail }) => detail.waitUntil(this.#album.look()), { signal });
    this.#count();
    this.#restore();
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  /** Take files in, whatever way they came. */
  add(files) {
    const { maxFiles: count } = this.dataset;
    const room = Number(count) - this.#album.size;
    const taken = [...files].filter((file) => !refusal(file, this.#most));
    const refused = [...files].map((file) => refusal(file, this.#most)).filter(Boolean);
    if (taken.length > room) refused.push(fill(_("A post has at most %(count)s photos and videos."), { count }));
    this.#error(refused.join(" "));
    for (const file of taken.slice(0, room)) this.#album.begin({ id: crypto.randomUUID(), file });
    this.#draft?.keepPost(this.#post);
  }

  get #most() {
    return { photoBytes: this.dataset.maxPhotoMb * MEGABYTE, videoBytes: this.dataset.maxVideoMb * MEGABYTE };
  }

  get #fields() {
    return this.querySelector("form").elements;
  }

  /** @returns {object} the post as it is kept on this device */
  get #post() {
    const { caption, visibility, comments_off: silent } = this.#fields;
    const order = this.#album.rows.map(({ id }) => id);
    return { caption: caption.value, visibility: visibility.value, comments_off: silent.checked, key: this.#key, order };
  }

  async #edit(row) {
    if (this.#editing) return; // a second click, while the photo is being opened
    this.#editing = true;
    const edits = await this.#edits(row).finally(() => (this.#editing = false));
    if (edits && JSON.stringify(edits) !== JSON.stringify(row.edits)) await this.#album.edited(row, edits);
  }

  async #edits(row) {
    const bitmap = await this.#darkroom.look(row.file, SIDE);
    const edits = await part(this, "editor").edit(bitmap, row.edits);
    bitmap.close();
    return edits;
  }

  async #restore() {
    const draft = await PostDraft.open();
    const found = await draft?.load();
    this.#draft = this.#album.draft = draft;
    if (found) this.#goOn(found);
    this.#album.keep(); // what was chosen before the draft was read, too
    draft?.keepPost(this.#post);
    const shared = await takeShared(); // by another app, with this one
    if (shared.length) this.add(shared);
  }

  #goOn({ post, photos }) {
    const { caption, visibility, comments_off: silent } = this.#fields;
    this.#key = post.key;
    caption.value ||= post.caption;
    visibility.value = post.visibility;
    silent.checked = post.comments_off;
    for (const photo of photos) this.#album.begin(photo);
    part(this, "restored").hidden = false;
    this.#count();
    this.#album.look();
  }

  #discard() {
    this.#album.clear();
    this.#draft?.clear();
    this.#key = crypto.randomUUID();
    this.querySelector("form").reset();
    part(this, "restored").hidden = true;
    this.#count();
    part(this, "input").focus();
  }

  #typed(field) {
    if (field.dataset.part === "alt") return this.#album.described(field.closest("li"));
    this.#count();
    this.#keepWords();
  }

  #keepWords() {
    this.#draft?.keepPostSoon(() => this.#post);
  }

  #count() {
    part(this, "counted").textContent = captionCount(part(this, "caption"), Number(this.dataset.maxMentions));
  }

  async #submitted(event) {
    event.preventDefault();
    this.#error("");
    if (this.#nudged(event.submitter)) return;
    this.#sharing(true);
    try {
      const url = await this.#share();
      await this.#forgetDraft();
      location.assign(url);
    } catch (error) {
      this.#key = crypto.randomUUID();
      this.#error(error.message);
      this.#sharing(false);
    }
  }

  /** Ask for descriptions that are missing. To leave them out is a choice, so they are asked for and not forced. */
  #nudged(submitter) {
    const count = this.#album.undescribed.length;
    const missing = plural("%(count)s photo has no description.", "%(count)s photos have no description.", count);
    const nudged = count > 0 && submitter !== part(this, "skip");
    part(this, "missing").textContent = fill(missing, { count });
    part(this, "nudge").hidden = !nudged;
    if (nudged) part(this, "describe").focus();
    return nudged;
  }

  async #share() {
    if (this.#album.size === 0) throw new Error(_("Choose at least one photo."));
    const media = await this.#album.arrived();
    const { key, order: _order, ...words } = this.#post;
    const { url } = await insist(() => api.ask("POST", "/posts", { body: { ...words, media }, key }));
    return url;
  }

  /** The post is made: what happens until this page is gone must not bring the draft back. */
  async #forgetDraft() {
    const draft = this.#draft;
    this.#draft = this.#album.draft = null;
    await draft?.clear();
  }

  #sharing(busy) {
    part(this, "submit").disabled = busy;
    part(this, "rows").inert = busy;
    part(this, "submit-text").textContent = busy ? _("Sharing…") : _("Share");
  }

  #error(text) {
    write(part(this, "error"), text);
  }
}

customElements.define("photo-upload", PhotoUpload);
