/**
 * Brings what a person did to the server, once, whatever happens to the page: written down first, then sent by whoever
 * holds the lane's lock, be it another tab or the service worker. Knows neither likes nor comments.
 */

import { ApiError } from "./api.js";

const LOCK = "photophore.outbox";
const DAY_MS = 24 * 60 * 60 * 1000;
const LONGEST_MS = 7 * DAY_MS; // the server remembers an Idempotency-Key for longer
const MOST = 200;
const ANSWERED_MS = 60_000; // for so long other tabs find the answer to what one has sent

export class Outbox {
  #deeds;
  #person;
  #ask;
  #dropped;
  #now;

  /**
   * @param {object} parts
   * @param {import("./deeds.js").Deeds} parts.deeds
   * @param {string} parts.person
   * @param {(deed: import("./deeds.js").Deed) => Promise<unknown>} parts.ask one try to send it
   * @param {(deeds: import("./deeds.js").Deed[]) => void} parts.dropped these were too many or too old, and are gone
   * @param {() => number} [parts.now] ms since 1970
   */
  constructor({ deeds, person, ask, dropped, now = Date.now }) {
    this.#deeds = deeds;
    this.#person = person;
    this.#ask = ask;
    this.#dropped = dropped;
    this.#now = now;
  }

  /** Write a deed down, and make room for it. A browser that keeps nothing may still send it. */
  async keep(deed) {
    const kept = this.#deeds.keep({ ...deed, person: this.#person, at: this.#now() });
    kept.then(() => this.tidy()).catch(() => {});
    await kept.catch(() => {});
  }

  /**
   * Send what is written in a deed's lane, in order, and give this deed's answer; the last one's, if another wish has
   * taken its place.
   * @throws {ApiError} what was answered instead; the deed is kept if that may pass
   */
  send(deed) {
    return navigator.locks.request(`${LOCK}.${this.#person}.${deed.lane}`, async () => {
      const lane = await this.#sent(deed.lane).catch(rethrow);
      const own = lane.find(({ key }) => key === deed.key) ?? lane.at(-1);
      return own ? outcome(own) : this.#ask(deed);
    });
  }

  /** Send all that is left of other pages. @returns {Promise<import("./deeds.js").Deed[]>} what was refused */
  async sendAll() {
    const lanes = Map.groupBy(await this.pending(), ({ lane }) => lane);
    const sent = await Promise.all([...lanes.values()].map(([deed]) => this.#bring(deed)));
    return sent.filter((deed) => deed !== null);
  }

  /** @returns {Promise<import("./deeds.js").Deed[]>} what is not answered yet, in the order in which it was done */
  async pending() {
    return (await this.#deeds.of(this.#person)).filter(({ done }) => !done);
  }

  /** Let go of what is answered, and of what is too old or too much; that is told. */
  tidy() {
    return navigator.locks.request(`${LOCK}.tidy`, async () => {
      const all = await this.#deeds.of(this.#person);
      const pending = all.filter(({ done }) => !done);
      const lost = pending.filter(({ at }, place) => place < pending.length - MOST || at < this.#now() - LONGEST_MS);
      await this.#deeds.drop([...lost, ...all.filter(({ done }) => done && done.at < this.#now() - ANSWERED_MS)]);
      if (lost.length) this.#dropped(lost);
    });
  }

  async #bring(deed) {
    try {
      await this.send(deed);
      return null;
    } catch (error) {
      return error.retryable ? null : deed;
    }
  }

  // Until nothing is left, as wishes go on while one is under way. What it comes back to need not be sent again.
  async #sent(lane) {
    let last = null;
    for (;;) {
      const deeds = await this.#deeds.lane(this.#person, lane);
      const next = deeds.find(({ done }) => !done);
      if (!next) return deeds;
      const same = last && next.state !== undefined && next.state === last.state;
      last = { state: next.state, done: same ? last.done : await this.#asked(next) };
      await this.#deeds.finish(next, last.done);
    }
  }

  async #asked(deed) {
    try {
      return { at: this.#now(), answer: await this.#ask(deed) };
    } catch (error) {
      if (error.retryable ?? true) throw error;
      const { status, title, detail, field } = error;
      return { at: this.#now(), problem: { status, title, detail, field } };
    }
  }
}

function outcome({ done }) {
  if (done?.problem) throw new ApiError(done.problem);
  return done?.answer;
}

// A browser that keeps nothing throws errors of another kind: then there is only the deed itself.
function rethrow(error) {
  if (error instanceof ApiError) throw error;
  return [];
}
