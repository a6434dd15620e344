/** A photo's place: from "processing" to the photo, or to the reason why there is none. */

import { live } from "../page/live.js";
import { api, insist } from "../page/api.js";
import { clone, part } from "../page/part.js";

class MediaFrame extends HTMLElement {
  #gone = null;

  connectedCallback() {
    if (this.dataset.state !== "processing") return;
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    live.addEventListener("post.media", ({ detail }) => this.#told(detail.media), { signal });
    live.addEventListener("resync", ({ detail }) => detail.waitUntil(this.#load()), { signal });
  }

  disconnectedCallback() {
    this.#gone?.abort();
  }

  async #load() {
    this.#told(await insist(() => api.ask("GET", `/media/${this.dataset.media}`)));
  }

  #told(media) {
    if (media.id !== this.dataset.media) return;
    if (media.state === "ready") this.#showPhoto(media);
    if (media.state === "failed") this.#showReason(media.reason);
  }

  #showPhoto({ urls, width, height, alt }) {
    const photo = document.importNode(part(document.getElementById("media-photo").content, "photo"));
    const widths = Object.keys(urls).sort((one, other) => one - other);
    photo.srcset = widths.map((each) => `${urls[each]} ${each}w`).join(", ");
    photo.sizes = this.dataset.sizes ?? "";
    photo.src = urls[widths.at(-1)];
    Object.assign(photo, { width, height, alt });
    this.classList.toggle("media-frame--portrait", height > width);
    this.classList.toggle("media-frame--landscape", height <= width);
    this.#become("ready", photo);
  }

  #showReason(reason) {
    const failed = clone("media-failed");
    if (reason) part(failed, "reason").textContent = reason;
    this.#become("failed", failed);
  }

  #become(state, content) {
    this.dataset.state = state;
    this.replaceChildren(content);
    this.#gone.abort();
  }
}

customElements.define("media-frame", MediaFrame);
