/** Uses every export as its types promise; never runs. Lines marked wrong must not compile. */

import { advice, CLOSE, connect, CursorStore, Live } from "@photophore/live";
import type { Advice, ClientFrame, Counts, Cursor, End, LiveEvents, Options, ServerFrame, State } from "@photophore/live";

const options: Options = { url: "https://photos.example", token: () => "ph_1", store: new CursorStore(null, "42") };
const live: Live = connect(options);
const state: State = live.state;
const cursor: Cursor | null = live.cursor;
const advised: Advice = advice(CLOSE.SESSION_REVOKED);
const ends: End[] = [live.watch("post:7"), live.view("7"), live.presence("ana")];

ends.push(live.on("counts", (counts) => { const [ver, likes, comments]: Counts = counts["7"]!; return [ver, likes, comments]; }));
ends.push(live.on("resync", ({ reason, waitUntil }) => waitUntil(fetch(`/snapshot?why=${reason}`))));
ends.push(live.on("notification", ({ seq, unread, waitUntil }) => waitUntil(Promise.resolve(seq + unread))));
live.addEventListener("state", (event) => (event as CustomEvent<LiveEvents["state"]>).detail.code);

function read(frame: ServerFrame): unknown {
  switch (frame.t) {
    case "welcome": return frame.session.expires;
    case "reconnect": return frame.in[0];
    case "ev": return frame.mut?.length;
    default: return frame.t;
  }
}

const said: ClientFrame = { t: "resume", epoch: "k", seq: 1 };

// @ts-expect-error wrong: there is no such event's member
live.on("state", ({ word }) => word);
// @ts-expect-error wrong: a state is one of six
const wrong: State = "asleep";
// @ts-expect-error wrong: an address is needed
connect({});

export { advised, cursor, read, said, state, wrong };
