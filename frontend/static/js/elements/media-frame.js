/** The place of a photo or video: from "processing" to what it is, or to the reason why there is none. */

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
    if (media.state === "ready") this.#become("ready", media.kind === "video" ? this.#video(media) : this.#photo(media));
    if (media.state === "failed") this.#become("failed", reason(media));
  }

  #photo({ urls, width, height, alt }) {
    const photo = printed("media-photo", "photo");
    const widths = ascending(urls);
    photo.srcset = widths.map((each) => `${urls[each]} ${each}w`).join(", ");
    photo.sizes = this.dataset.sizes ?? "";
    photo.src = urls[widths.at(-1)];
    return Object.assign(photo, { width, height, alt });
  }

  #video({ urls, videos, width, height, alt }) {
    const video = printed("media-video", "video");
    video.poster = urls[ascending(urls).at(-1)];
    video.src = videos[ascending(videos).at(-1)];
    if (alt) video.setAttribute("aria-label", alt);
    return Object.assign(video, { width, height });
  }

  #become(state, content) {
    this.dataset.state = state;
    if (state === "ready") this.replaceChildren(content);
    else this.querySelector(".media-frame__state").replaceWith(content); // what holds the place stays
    this.#gone.abort();
  }
}

function reason({ reason }) {
  const failed = clone("media-failed");
  if (reason) part(failed, "reason").textContent = reason;
  return failed;
}

function printed(template, name) {
  return document.importNode(part(document.getElementById(template).content, name));
}

function ascending(byWidth) {
  return Object.keys(byWidth).sort((one, other) => one - other);
}

customElements.define("media-frame", MediaFrame);
