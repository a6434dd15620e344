/** The one line of this page, as its `<meta name="live">` describes it. */

// By address, not by folder: /static/sdk/ is frontend/sdk/.
import { CursorStore, Live } from "../../sdk/index.js";
import { Api } from "../lib/api.js";

const told = JSON.parse(document.querySelector('meta[name="live"]')?.content ?? "{}");

const api = new Api({ cookies: () => document.cookie });

/** The person who looks; `id` is "" for a passer-by. */
export const me = { id: told.user ?? "", username: told.username ?? "" };

export const live = new Live({
  url: told.url ? address(told.url) : null,
  user: me.id,
  cursor: told.epoch ? { epoch: told.epoch, seq: told.seq } : null,
  store: new CursorStore(tabStorage(), me.id),
  auth: "cookie",
  client: { app: "web", ver: told.ver },
  // It changes with each log-in: an old tab, whose session is about to be ended, must not stop a new one.
  group: api.token,
  ticket: me.id ? async () => (await api.ask("POST", "/realtime/ticket")).ticket : undefined, // before the session's end
});

/** Connect, and follow what becomes of the page and the network. Call it when the elements listen. */
export function begin() {
  addEventListener("pagehide", () => live.leave());
  addEventListener("pageshow", ({ persisted }) => persisted && live.wake());
  document.addEventListener("freeze", () => live.leave());
  document.addEventListener("resume", () => live.wake());
  addEventListener("online", () => live.wake());
  addEventListener("offline", () => live.cut());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && live.wake());
  live.start();
}

function address(path) {
  const url = new URL(path, location.href);
  if (url.protocol.startsWith("http")) url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

function tabStorage() {
  try {
    return sessionStorage;
  } catch {
    return null; // forbidden by the person
  }
}
