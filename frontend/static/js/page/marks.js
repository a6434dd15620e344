/** Marks of notifications, for all of one's devices: seen was on a screen, read was opened. */

import { api } from "./api.js";

const PATH = "/notifications";

/** @param {string[]} ids of groups @throws {import("../lib/api.js").ApiError} */
export function markSeen(ids) {
  return api.ask("POST", `${PATH}/seen`, { body: { ids } });
}

/** The row was opened; its page is about to go. */
export function markRead(row) {
  if (row && row.dataset.read !== "true") post({ ids: [row.dataset.group] });
}

/** All of them. */
export function markAllRead() {
  return post({});
}

function post(body) {
  return api.ask("POST", `${PATH}/read`, { body, keepalive: true }).catch(() => {}); // next time, then
}
