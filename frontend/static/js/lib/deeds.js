/** What people did and the server has not answered yet, in IndexedDB: it outlives the page. Sends nothing. */

const DATABASE = "photophore";
const STORE = "deeds";
const LANE = "lane"; // an index: a person's deeds about one thing
const PERSON = "person";

/**
 * @typedef {object} Deed
 * @property {number} [n] its place in the order
 * @property {string} person
 * @property {string} lane deeds of one lane are sent one after another
 * @property {string} key the Idempotency-Key
 * @property {string} method
 * @property {string} path
 * @property {object} [body]
 * @property {unknown} [state] what is wished, if it takes the place of an earlier wish of its lane
 * @property {number} at ms since 1970
 * @property {{at: number, answer?: unknown, problem?: object}} [done]
 */

export class Deeds {
  #database = null;

  /** Keep a deed; a wish takes the place of the one before. With a key that is kept already nothing changes. */
  async keep(deed) {
    const store = await this.#store("readwrite");
    const lane = await settled(store.index(LANE).getAll([deed.person, deed.lane]));
    if (lane.some(({ key }) => key === deed.key)) return;
    if (deed.state !== undefined) lane.forEach(({ n }) => store.delete(n));
    await settled(store.add(deed));
  }

  /** Write what became of a deed. One that another wish has replaced meanwhile stays away. */
  async finish(deed, done) {
    const store = await this.#store("readwrite");
    if (await settled(store.get(deed.n))) await settled(store.put({ ...deed, done }));
  }

  /** @returns {Promise<Deed[]>} in the order in which they were done */
  async lane(person, lane) {
    return settled((await this.#store("readonly")).index(LANE).getAll([person, lane]));
  }

  /** @returns {Promise<Deed[]>} all of a person, in the order in which they were done */
  async of(person) {
    return settled((await this.#store("readonly")).index(PERSON).getAll(person));
  }

  async drop(deeds) {
    if (!deeds.length) return;
    const store = await this.#store("readwrite");
    await Promise.all(deeds.map(({ n }) => settled(store.delete(n))));
  }

  /** Forget whatever is not this person's. */
  async keepOnly(person) {
    const store = await this.#store("readwrite");
    const all = await settled(store.getAll());
    await Promise.all(all.filter((deed) => deed.person !== person).map(({ n }) => settled(store.delete(n))));
  }

  async #store(mode) {
    this.#database ??= open();
    return (await this.#database).transaction(STORE, mode).objectStore(STORE);
  }
}

async function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    const store = request.result.createObjectStore(STORE, { keyPath: "n", autoIncrement: true });
    store.createIndex(LANE, ["person", "lane"]);
    store.createIndex(PERSON, "person");
  };
  const database = await settled(request);
  database.onversionchange = () => database.close(); // a page of a newer version waits for it
  return database;
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
