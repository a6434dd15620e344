/** What the person of this page did, brought to the server even if the page is gone before: wishes, and words. */

import { ApiError } from "../lib/api.js";
import { Deeds } from "../lib/deeds.js";
import { _, fill } from "../lib/gettext.js";
import { Outbox } from "../lib/outbox.js";
import { api, insist, untilBack } from "./api.js";
import { live, me } from "./live.js";
import { say } from "./say.js";

const SYNC = "outbox";

const token = api.token; // it changes with each log-in: what one person did is never sent as another
const awaited = new Set(); // keys of deeds that an element of this page answers for
const outbox = new Outbox({ deeds: new Deeds(), person: me.id, ask, dropped });
let looking = null;

/** Send what other pages have left, now and whenever the network comes back. */
export function beginOutbox() {
  if (!me.id) return;
  bring();
  addEventListener("online", bring);
  live.addEventListener("state", ({ detail }) => detail.state === "open" && bring());
}

/**
 * Parts of a `Desired` whose wishes outlive the page.
 * @param {(state: unknown) => {lane: string, key: string, method: string, path: string}} request what brings the server
 *   there, and in which lane: of one only the last wish counts
 */
export function lasting(request) {
  let deed = null;
  const keep = (state) => {
    deed = { state, ...request(state) };
    awaited.add(deed.key);
    outbox.keep(deed);
  };
  return { keep, send: () => outbox.send(deed), wait: untilBack };
}

/** @returns {Promise<unknown>} what was wished of a lane and is not answered yet; undefined if nothing */
export async function wished(lane) {
  return (await unsent(lane)).at(-1)?.state;
}

/** @returns {Promise<import("../lib/deeds.js").Deed[]>} what is not answered yet of a lane, in order */
export async function unsent(lane) {
  if (!me.id) return [];
  looking ??= outbox.pending().catch(() => []).finally(() => (looking = null)); // once for all who ask at this moment
  return (await looking).filter((deed) => deed.lane === lane);
}

/**
 * Do something once, and give the answer, however long that takes.
 * @param {{lane: string, key: string, method: string, path: string, body: object}} deed
 * @throws {ApiError} when trying again cannot help
 */
export async function deliver(deed) {
  awaited.add(deed.key);
  await outbox.keep(deed);
  return insist(() => outbox.send(deed));
}

async function bring() {
  await outbox.tidy();
  for (const { key } of await outbox.sendAll()) if (!awaited.has(key)) say(_("Something you did offline was refused."));
}

async function ask({ method, path, body, key }) {
  if (token && api.token !== token) throw new ApiError({ status: 0, title: _("You are signed out here. Reload the page.") });
  try {
    return await api.ask(method, path, { body, key });
  } catch (error) {
    if (error.retryable) askForSync();
    throw error;
  }
}

// Where a browser has that, it wakes the service worker with the network, though no page be open.
async function askForSync() {
  const { sync } = await navigator.serviceWorker.ready;
  await sync?.register(SYNC).catch(() => {});
}

function dropped(deeds) {
  for (const { body } of deeds) {
    const text = body?.text;
    if (text) say(fill(_("A comment waited for too long and was not sent: %(text)s"), { text }));
  }
  if (deeds.some(({ body }) => !body?.text)) say(_("Something you did offline waited for too long and was not sent."));
}
