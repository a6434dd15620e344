/** The last pages that a person has seen, and the photos in them: theirs alone, gone with their log-out. See ADR 14. */

export const NOBODY = "0";

const PREFIX = "seen-"; // and the person's id: the name of the cache tells whose it is
const PAGE = /^\/(?:p\/\d+\/|@[^/]+\/)?$/; // the feed, a post, a profile
const PHOTO = /^\/media\//;
const MOST = new Map([
  [PAGE, 30],
  [PHOTO, 150],
]);
const FILE = /\/static\/[^"'\s]+\.(?:css|js)/g;
const LOOSE = { ignoreVary: true }; // the cookie, which the answers vary by, is no header that a worker sees

/** Whether an address is a page to be read offline. */
export function isPage({ pathname, search }) {
  return PAGE.test(pathname) && !search;
}

/** Whether an address is a photo's, or a face's. */
export function isPhoto({ pathname }) {
  return PHOTO.test(pathname);
}

/** @returns {string | null} whom an answer was made for: "0" for nobody; null where no page of ours says so */
export function viewerOf(answer) {
  return answer.headers.get("X-Viewer");
}

/** Forget whatever is not this person's. */
export async function keepOnly(viewer) {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== PREFIX + viewer);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** Keep a page for the person whom it was made for; one that is not there any more goes. */
export async function keepPage(request, answer) {
  const viewer = viewerOf(answer);
  if (viewer === null || viewer === NOBODY) return;
  await keep(await caches.open(PREFIX + viewer), request, answer);
}

/** Keep a photo for whoever has pages here; one that they may see no more goes. */
export async function keepPhoto(request, answer) {
  const cache = await own();
  if (cache) await keep(cache, request, answer);
}

/** @returns {Promise<Response | undefined>} what was kept of an address */
export async function recall(request) {
  return (await own())?.match(request, LOOSE);
}

/** Drop the pages that would stand there without their style sheets, as a deploy has replaced them. */
export async function dropPagesWithout(shell) {
  const cache = await own();
  for (const request of (await cache?.keys()) ?? []) {
    if (!isPage(new URL(request.url))) continue;
    const page = await (await cache.match(request, LOOSE)).text();
    if (!page.match(FILE)?.every((file) => shell.has(file))) await cache.delete(request, LOOSE);
  }
}

async function own() {
  const name = (await caches.keys()).find((each) => each.startsWith(PREFIX));
  return name && caches.open(name);
}

async function keep(cache, request, answer) {
  if (!answer.ok) {
    if (answer.status >= 400 && answer.status < 500) await cache.delete(request, LOOSE);
    return;
  }
  const before = await cache.match(request, LOOSE);
  if (before && before.headers.get("ETag") && before.headers.get("ETag") === answer.headers.get("ETag")) return;
  await cache.delete(request, LOOSE); // so that it is the newest again
  await cache.put(request, answer);
  await trim(cache);
}

// Oldest first.
async function trim(cache) {
  const requests = await cache.keys();
  for (const [kind, most] of MOST) {
    const old = requests.filter(({ url }) => kind.test(new URL(url).pathname)).slice(0, -most);
    await Promise.all(old.map((request) => cache.delete(request, LOOSE)));
  }
}
