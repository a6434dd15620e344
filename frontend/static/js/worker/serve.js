/** The service worker: what was seen is there offline, what was wished is sent. Pages come from the network first. */

import { Deeds } from "../lib/deeds.js";
import { Drafts } from "../lib/drafts.js";
import { dropShared, keepShared } from "../lib/shared.js";
import { send } from "./outbox.js";
import * as seen from "./seen.js";
import { Shell } from "./shell.js";

const PATIENCE_MS = 3_000; // then a page that was seen before is better than none
const APART = ["rt", "csp", "api", "ops", "admin", "accounts", "_allauth"]; // never answered from here
const SHARE = "/share/";
const FORM = "/new/?shared=1";
const OUTBOX = "outbox";

const deeds = new Deeds();

/**
 * @param {ServiceWorkerGlobalScope} worker
 * @param {{shell: string[], offline: string}} told
 */
export function serve(worker, { shell: files, offline }) {
  const shell = new Shell(files, offline);

  worker.addEventListener("install", (event) => {
    // Likes and style sheets need not wait until a worker is awake.
    event.addRoutes?.([...APART.map(straight), Shell.route]);
    event.waitUntil(shell.fill().then(() => worker.skipWaiting()));
  });

  // Pages have all their scripts by now: another worker under them changes nothing in front of anybody's eyes.
  worker.addEventListener("activate", (event) => {
    const ready = [worker.registration.navigationPreload?.enable(), shell.sweep(), seen.dropPagesWithout(shell)];
    event.waitUntil(Promise.all(ready).then(() => worker.clients.claim()));
  });

  worker.addEventListener("fetch", (event) => {
    const answer = route(event);
    if (answer) event.respondWith(answer);
  });

  worker.addEventListener("sync", (event) => {
    if (event.tag === OUTBOX) event.waitUntil(send(deeds));
  });

  worker.addEventListener("message", (event) => {
    if (event.data === "forget") event.waitUntil(forget());
  });

  function route(event) {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== worker.location.origin || APART.includes(url.pathname.split("/")[1])) return null;
    if (request.method === "POST") return url.pathname === SHARE ? takeIn(request) : null;
    if (request.method !== "GET") return null;
    if (shell.has(url.pathname)) return shell.file(request);
    if (request.mode === "navigate") return page(event, seen.isPage(url));
    return request.destination === "image" && seen.isPhoto(url) ? photo(event) : null;
  }

  async function page(event, keeps) {
    const network = answered(event, keeps);
    event.waitUntil(network);
    const answer = keeps ? await Promise.race([network, after(PATIENCE_MS)]) : await network;
    const kept = answer || !keeps ? null : await seen.recall(event.request);
    return answer ?? kept ?? (await network) ?? shell.offline();
  }
}

function straight(folder) {
  return { condition: { urlPattern: `/${folder}{/*}?` }, source: "network" };
}

async function answered(event, keeps) {
  const answer = await fetched(event);
  if (answer) event.waitUntil(settle(event.request, keeps ? answer.clone() : answer, keeps));
  return answer;
}

// Whose a page is decides what may stay. Who has no session any more may come back: what they wished waits for them.
async function settle(request, answer, keeps) {
  const viewer = seen.viewerOf(answer);
  if (viewer === null) return;
  await seen.keepOnly(viewer);
  if (viewer !== seen.NOBODY) await deeds.keepOnly(viewer);
  if (keeps) await seen.keepPage(request, answer);
}

async function fetched({ request, preloadResponse }) {
  try {
    return (await preloadResponse) ?? (await fetch(request));
  } catch {
    return null; // no network
  }
}

async function photo(event) {
  const { request } = event;
  const answer = await fetch(request).catch(() => null);
  if (answer) event.waitUntil(seen.keepPhoto(request, answer.clone()));
  return answer ?? (await seen.recall(request)) ?? Response.error();
}

async function takeIn(request) {
  const form = await request.formData();
  await keepShared(form.getAll("photos").filter((photo) => photo instanceof File));
  return Response.redirect(FORM, 303);
}

async function forget() {
  Drafts.forget();
  await Promise.all([seen.keepOnly(seen.NOBODY), deeds.keepOnly(""), dropShared(), navigator.clearAppBadge?.()]);
}

function after(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms, null));
}
