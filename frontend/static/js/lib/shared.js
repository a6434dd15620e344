/** Files that another app has shared with this one, between the service worker that takes them in and the form's page. */

const NAME = "shared";
const PLACE = "/share/";

/** Keep files until a page takes them; those of before, which nobody took, go. */
export async function keepShared(files) {
  await caches.delete(NAME);
  const cache = await caches.open(NAME);
  for (const [at, file] of files.entries()) await cache.put(PLACE + at, answerWith(file)); // one by one: in their order
}

/** @returns {Promise<File[]>} in their order; they are taken once */
export async function takeShared() {
  if (!globalThis.caches || !(await caches.has(NAME))) return [];
  const cache = await caches.open(NAME);
  const answers = await cache.matchAll();
  await caches.delete(NAME);
  return Promise.all(answers.map(fileOf));
}

/** Drop them. */
export function dropShared() {
  return caches.delete(NAME);
}

function answerWith(file) {
  return new Response(file, { headers: { "Content-Type": file.type, "X-Name": encodeURIComponent(file.name) } });
}

async function fileOf(answer) {
  const name = decodeURIComponent(answer.headers.get("X-Name"));
  return new File([await answer.blob()], name, { type: answer.headers.get("Content-Type") });
}
