/** The files that pages are drawn with, and the page for being offline. Knows no person. */

const NAME = "shell";

export class Shell {
  #files;
  #offline;

  /**
   * @param {string[]} files their names are hashes of their content
   * @param {string} offline a page that is the same for everybody
   */
  constructor(files, offline) {
    this.#files = new Set(files);
    this.#offline = offline;
  }

  /** Where the browser may find the files without asking the worker, if it can do that. */
  static get route() {
    return { condition: { urlPattern: "/static/*" }, source: { cacheName: NAME } };
  }

  /** Fetch what is missing; of most deploys that is little. */
  async fill() {
    const cache = await caches.open(NAME);
    const there = new Set((await cache.keys()).map(path));
    await cache.addAll([...this.#files].filter((file) => !there.has(file)));
    await cache.put(this.#offline, await fetch(this.#offline, { credentials: "omit" }));
  }

  /** Drop what this version has no use for. */
  async sweep() {
    const cache = await caches.open(NAME);
    const old = (await cache.keys()).filter((request) => !this.has(path(request)) && path(request) !== this.#offline);
    await Promise.all(old.map((request) => cache.delete(request)));
  }

  /** Whether a file is one of this version. */
  has(file) {
    return this.#files.has(file);
  }

  async file(request) {
    return (await caches.match(request, { cacheName: NAME })) ?? fetch(request);
  }

  /** @returns {Promise<Response>} the page for being offline */
  async offline() {
    return (await caches.match(this.#offline, { cacheName: NAME })) ?? Response.error();
  }
}

function path({ url }) {
  return new URL(url).pathname;
}
