/** Sends what is left in the outbox while no page is open. What is refused stays, for a page to tell. */

import { Api, ApiError } from "../lib/api.js";
import { Outbox } from "../lib/outbox.js";

/**
 * @param {import("../lib/deeds.js").Deeds} deeds
 * @throws {Error} if something is left, so that the browser wakes us again
 */
export async function send(deeds) {
  const token = (await cookieStore.get("csrftoken"))?.value ?? "";
  const api = new Api({ cookies: () => `csrftoken=${token}` });
  const { id } = await api.ask("GET", "/me"); // who is signed in now, and nobody else
  const outbox = new Outbox({ deeds, person: id, ask: (deed) => attempt(api, deed), dropped() {} });
  await outbox.sendAll();
  if ((await outbox.pending()).length) throw new Error("not all is sent");
}

async function attempt(api, { method, path, body, key }) {
  try {
    return await api.ask(method, path, { body, key });
  } catch ({ title }) {
    throw new ApiError({ status: 0, title });
  }
}
