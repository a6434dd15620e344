/** The one draft of this device, held by one tab at a time: another would write over it. */

import { Drafts } from "../lib/drafts.js";
import { me } from "./live.js";

const LOCK = "photophore.post-draft";
const PATIENCE_MS = 2_000; // the page before a reload takes a moment to let go
const TYPING_MS = 400;

export class PostDraft {
  #drafts;
  #typing = null;

  /** @returns {Promise<PostDraft | null>} null if nothing can be kept here */
  static async open() {
    const drafts = (await held()) && (await Drafts.open(me.id));
    return drafts && new PostDraft(drafts);
  }

  constructor(drafts) {
    this.#drafts = drafts;
  }

  load() {
    return this.#drafts.load();
  }

  /** @param {import("./upload-row.js").UploadRow} row */
  keepPhoto(row) {
    return this.#drafts.keepPhoto(row.record);
  }

  /** Keep what was typed, soon: not at each letter. */
  keepPostSoon(post) {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#drafts.keepPost(post()), TYPING_MS);
  }

  keepPost(post) {
    return this.#drafts.keepPost(post);
  }

  drop(row) {
    return this.#drafts.drop(row.id);
  }

  clear() {
    clearTimeout(this.#typing);
    return this.#drafts.clear();
  }
}

/** Hold the lock until this page goes. @returns {Promise<boolean>} */
function held() {
  if (!navigator.locks) return Promise.resolve(true); // not a secure place: two tabs are up to the person
  return new Promise((resolve) => {
    const keep = () => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks.request(LOCK, { signal: AbortSignal.timeout(PATIENCE_MS) }, keep).catch(() => resolve(false));
  });
}
