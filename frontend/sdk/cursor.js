/** The last position a tab has shown, kept over page loads. Not the position a page starts from: the server prints that. */

const PREFIX = "photophore.cursor.";

export class CursorStore {
  #storage;
  #key;

  /**
   * @param {Storage | null} storage a tab's own: another tab showing an event does not show it here
   * @param {string} user cursors of two people on one device are never mixed
   */
  constructor(storage, user) {
    this.#storage = storage;
    this.#key = PREFIX + user;
  }

  /** @returns {{epoch: string, seq: number} | null} null when nothing readable is kept */
  load() {
    try {
      return JSON.parse(this.#storage.getItem(this.#key));
    } catch {
      return null; // storage may be forbidden, or hold what another version wrote
    }
  }

  /** @param {{epoch: string, seq: number}} cursor */
  save(cursor) {
    try {
      this.#storage.setItem(this.#key, JSON.stringify(cursor));
    } catch {
      // Forbidden or full: the page's own cursor still keeps events single.
    }
  }
}
