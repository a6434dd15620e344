/** What stands between the line and the tabs: who is told what, and what the server is asked. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Exchange } from "../../frontend/sdk/exchange.js";

const ROLL_MS = 30_000;
const PATIENCE_MS = 2_000;
const at = (seq, epoch = "k") => ({ epoch, seq });

/** An exchange of tab "a" whose line notes what it is told, and is open at 10. */
function begin() {
  const sent = [];
  const wanted = [];
  const told = [];
  let on;
  const line = { state: "connecting", say: (message) => sent.push(message), want: (...all) => wanted.push(all), again() {}, nudge() {}, close() {} };
  const tell = (tab, message) => told.push([tab, message]);
  const exchange = new Exchange({ own: "a", cursor: () => at(10), shared: true, line: (its) => ((on = its), line), tell });
  on.state("connecting", null);
  on.frame({ t: "welcome", epoch: "k", user: { id: "42" } });
  on.frame({ t: "ready", seq: 10 });
  line.state = "open";
  on.state("open", null);
  const frames = (tab) => told.filter(([to, { k }]) => k === "frame" && to === tab).map(([, { frame }]) => frame);
  return { exchange, sent, wanted, frames, hear: (frame) => on.frame(frame) };
}

test("one question at a time, the oldest position first, and one answer for all", () => {
  const { exchange, sent, hear } = begin();
  hear({ t: "hb", top: 20 });

  exchange.up("b", { k: "ask", cursor: at(15) });
  exchange.up("c", { k: "ask", cursor: at(5) });
  exchange.up("d", { k: "ask", cursor: at(12) });
  hear({ t: "ready", seq: 20 });
  hear({ t: "ready", seq: 20 });

  assert.deepEqual(sent.map(({ seq }) => seq), [15, 5]);
  exchange.close();
});

test("a question that gets no answer does not silence the next", () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { exchange, sent, hear } = begin();
  hear({ t: "hb", top: 20 });

  exchange.up("b", { k: "ask", cursor: at(15) });
  mock.timers.tick(PATIENCE_MS);

  assert.deepEqual(sent.map(({ seq }) => seq), [15, 15]);
  exchange.close();
  mock.timers.reset();
});

test("a tab that missed what the ring still has is answered at once, and alone", () => {
  const { exchange, sent, frames, hear } = begin();
  hear({ t: "ev", seq: 11 });

  exchange.up("b", { k: "ask", cursor: at(10) });

  assert.deepEqual([sent, frames("b")], [[], [{ t: "ev", seq: 11 }]]);
  exchange.close();
});

test("a resync goes to who asked, and one that nobody asked for to all", () => {
  const { exchange, frames, hear } = begin();
  hear({ t: "hb", top: 20 });
  exchange.up("b", { k: "ask", cursor: at(2) });

  hear({ t: "resync", reason: "behind", at: at(20) });
  hear({ t: "resync", reason: "trimmed", at: at(21) });

  const reasons = (tab) => frames(tab).filter(({ t }) => t === "resync").map(({ reason }) => reason);
  assert.deepEqual([reasons("b"), reasons(null)], [["behind"], ["trimmed"]]);
  exchange.close();
});

test("lag asks for all that follows the position", () => {
  const { exchange, sent, hear } = begin();

  hear({ t: "lag", from: 10 });

  assert.deepEqual(sent, [{ t: "resume", epoch: "k", seq: 10 }]);
  exchange.close();
});

test("a tab that answers no roll call is forgotten with all it wanted", () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { exchange, wanted } = begin();
  exchange.up("b", { k: "want", topics: ["post:7"], views: ["8"] });

  for (let turn = 0; turn < 4; turn += 1) mock.timers.tick(ROLL_MS);

  assert.deepEqual([wanted[0], wanted.at(-1)], [[["post:7"], ["8"]], [[], []]]);
  exchange.close();
  mock.timers.reset();
});

test("what is revoked is wanted by nobody any more", () => {
  const { exchange, wanted, hear } = begin();
  exchange.up("b", { k: "want", topics: ["post:7", "post:8"], views: ["7"] });

  hear({ t: "revoked", topics: ["post:7"], reason: "private" });

  assert.deepEqual(wanted.at(-1), [["post:8"], []]);
  exchange.close();
});
