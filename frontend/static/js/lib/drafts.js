/** Keeps a post that is being made on this device, with its files, until it is shared. Draws nothing. */

const NAME = "photophore.post";
const VERSION = 1;

export class Drafts {
  #database;
  #user;

  /** @returns {Promise<Drafts | null>} null where the browser keeps nothing (a private window, perhaps) */
  static async open(user) {
    try {
      const drafts = new Drafts(await answer(upgraded(indexedDB.open(NAME, VERSION))), user);
      await drafts.#forgetOthers();
      return drafts;
    } catch {
      return null;
    }
  }

  /** Forget what anybody has kept: somebody else may come to this device. */
  static forget() {
    indexedDB.deleteDatabase(NAME);
  }

  constructor(database, user) {
    this.#database = database;
    database.onversionchange = () => database.close(); // it is to be forgotten
    this.#user = user;
  }

  /** @returns {Promise<{post: object, photos: object[]} | null>} */
  async load() {
    const post = await this.#ask("posts", (store) => store.get(this.#user));
    const photos = await this.#ask("photos", (store) => store.getAll());
    if (!post || (photos.length === 0 && !post.caption)) return null;
    const place = ({ id }) => post.order.indexOf(id);
    return { post, photos: photos.sort((one, other) => place(one) - place(other)) };
  }

  /** @param {{order: string[]}} post what was typed, and the order of its photos */
  keepPost(post) {
    return this.#write("posts", (store) => store.put({ ...post, user: this.#user }));
  }

  /** @param {{id: string, file: File}} photo */
  keepPhoto(photo) {
    return this.#write("photos", (store) => store.put({ ...photo, user: this.#user }));
  }

  drop(id) {
    return this.#write("photos", (store) => store.delete(id));
  }

  async clear() {
    await this.#write("photos", (store) => store.clear());
    await this.#write("posts", (store) => store.clear());
  }

  /** Who signed in here before must not find their photos shown to who comes after. */
  async #forgetOthers() {
    const posts = await this.#ask("posts", (store) => store.getAllKeys());
    if (posts.some((user) => user !== this.#user)) await this.clear();
  }

  #ask(name, request) {
    return answer(request(this.#database.transaction(name).objectStore(name)));
  }

  /** @returns {Promise<boolean>} whether it is kept; a full disk keeps nothing, and the post goes on without */
  async #write(name, request) {
    try {
      await answer(request(this.#database.transaction(name, "readwrite").objectStore(name)));
      return true;
    } catch {
      return false;
    }
  }
}

function upgraded(request) {
  request.onupgradeneeded = () => {
    request.result.createObjectStore("posts", { keyPath: "user" });
    request.result.createObjectStore("photos", { keyPath: "id" });
  };
  return request;
}

function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
