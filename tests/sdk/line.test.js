/** The connection over and over, with its clock in the test's hands. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Auth } from "../../frontend/sdk/auth.js";
import { Line } from "../../frontend/sdk/line.js";
import { Ways } from "../../frontend/sdk/ways.js";

const WELCOME = { t: "welcome", epoch: "k", user: { id: "42" }, hb: {} };

/** A line whose connections are collected in `opened`; each can be told to the line and closed. */
function begin() {
  const opened = [];
  const states = [];
  const open = (on) => {
    opened.push(on);
    return { beats: false, send() {}, close() {}, abandon: () => on.closed(1006) };
  };
  const line = new Line(
    { ways: new Ways([open]), auth: new Auth({ auth: "cookie", site: "https://photos.example" }), user: "42", client: {},
      backoff: { opened() {}, next: () => 5_000 }, cursor: () => undefined },
    { state: (state, code) => states.push([state, code]), frame() {} },
  );
  line.connect();
  return { line, opened, states };
}

function letIn({ message }) {
  message(WELCOME);
  message({ t: "ready", seq: 1 });
}

test("a page whose timers are late comes back with the first word of another tab after its time", () => {
  mock.timers.enable({ apis: ["Date"] }); // and no timer fires
  const { line, opened } = begin();
  letIn(opened[0]);
  opened[0].closed(1006);

  mock.timers.setTime(4_999);
  line.nudge();
  const early = opened.length;
  mock.timers.setTime(5_000);
  line.nudge();

  assert.deepEqual([early, opened.length], [1, 2]);
  line.close();
  mock.timers.reset();
});

test("a close of the first band comes back at once, but not before it was let in", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { line, opened } = begin();
  opened[0].closed(4001);
  mock.timers.tick(4_999);
  const refused = opened.length;
  mock.timers.tick(1);
  letIn(opened[1]);
  opened[1].closed(4001);
  mock.timers.tick(0);

  assert.deepEqual([refused, opened.length], [1, 3]);
  line.close();
  mock.timers.reset();
});

test("the time that a reconnect gave holds over the close that follows it", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { line, opened } = begin();
  letIn(opened[0]);
  opened[0].message({ t: "reconnect", in: [3_000, 3_000], reason: "drain" });
  opened[0].closed(4001);

  mock.timers.tick(2_999);
  const early = opened.length;
  mock.timers.tick(1);

  assert.deepEqual([early, opened.length], [1, 2]);
  line.close();
  mock.timers.reset();
});

test("a place without websockets is a failure like any other", () => {
  const states = [];
  const ways = new Ways([() => { throw new TypeError("no such thing"); }]);
  const line = new Line(
    { ways, auth: new Auth({ auth: "cookie", site: "https://photos.example" }), client: {}, cursor: () => undefined },
    { state: (state) => states.push(state), frame() {} },
  );

  line.connect();

  assert.deepEqual(states, ["connecting", "waiting"]);
  line.close();
});
