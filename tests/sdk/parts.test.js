/** The small parts of the client, with their clocks in the test's hands. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { addresses } from "../../frontend/sdk/address.js";
import { split } from "../../frontend/sdk/frames.js";
import { advice } from "../../frontend/sdk/index.js";
import { Ring } from "../../frontend/sdk/ring.js";
import { Topics } from "../../frontend/sdk/topics.js";
import { Wants } from "../../frontend/sdk/wants.js";
import { Ways } from "../../frontend/sdk/ways.js";

const frame = (seq) => ({ t: "ev", seq });
const numbers = (frames) => frames?.map(({ seq }) => seq);

test("the band of a close code is its advice", () => {
  const codes = [1000, 1006, 1012, 4001, 4099, 4100, 4112, 4400, 4423, 4500];

  assert.deepEqual(codes.map(advice), [
    "back-off", "back-off", "back-off", "at-once", "at-once", "back-off", "back-off", "stop", "stop", "back-off",
  ]);
});

test("a frame holds messages by the line, and what is broken costs nothing else", () => {
  assert.deepEqual(split('{"t":"hb"}\n{"t":\nnull\n{"t":"ready","seq":1}'), [{ t: "hb" }, { t: "ready", seq: 1 }]);
});

test("the ways of a site are found from its address or its socket's", () => {
  const texts = ({ socket, stream, events }) => [socket, stream.href, events.href];
  const all = ["wss://photos.example/rt", "https://photos.example/rt/sse", "https://photos.example/api/v1/events"];

  assert.deepEqual(texts(addresses("https://photos.example")), all);
  assert.deepEqual(texts(addresses("wss://photos.example/rt")), all);
});

test("the ring gives what follows a position, and nothing where some of it is missing", () => {
  const ring = new Ring();
  ring.begin("k");
  [11, 12, 14].forEach((seq) => ring.add(frame(seq)));

  assert.deepEqual(numbers(ring.after({ epoch: "k", seq: 14 })), []);
  assert.equal(ring.after({ epoch: "k", seq: 11 }), null);
  assert.equal(ring.after({ epoch: "old", seq: 14 }), null);
  ring.add(frame(13));
  assert.deepEqual(numbers(ring.after({ epoch: "k", seq: 10 })), [11, 12, 13, 14]);
  assert.equal(ring.after({ epoch: "k", seq: 9 }), null);
});

test("the ring knows that it lacks what a heartbeat tells of", () => {
  const ring = new Ring();
  ring.begin("k");
  ring.reach(3);

  assert.equal(ring.after({ epoch: "k", seq: 2 }), null);
});

test("the ring is bounded", () => {
  const ring = new Ring();
  ring.begin("k");
  for (let seq = 1; seq <= 300; seq += 1) ring.add(frame(seq));

  assert.equal(ring.after({ epoch: "k", seq: 43 }), null);
  assert.equal(ring.after({ epoch: "k", seq: 44 }).length, 256);
});

test("three failures before any answer lead to the next way, and round again", () => {
  const ways = new Ways(["socket", "stream", "poll"].map((name) => () => name));
  const tried = [];

  for (let turn = 0; turn < 10; turn += 1) {
    tried.push(ways.open());
    ways.failed();
  }

  assert.deepEqual(tried, ["socket", "socket", "socket", "stream", "stream", "stream", "poll", "poll", "poll", "socket"]);
});

test("a websocket that worked once is not doubted", () => {
  const ways = new Ways(["socket", "stream"].map((name) => () => name));
  ways.worked();

  for (let turn = 0; turn < 9; turn += 1) ways.failed();

  assert.equal(ways.open(), "socket");
});

test("a detour is left when somebody comes back after a minute", () => {
  let now = 0;
  const ways = new Ways(["socket", "stream"].map((name) => () => name), () => now);
  for (let turn = 0; turn < 3; turn += 1) ways.failed();

  now = 59_999;
  assert.deepEqual([ways.better(), ways.open()], [false, "stream"]);
  now = 60_000;
  assert.deepEqual([ways.better(), ways.open()], [true, "socket"]);
});

test("what several want is wanted until the last one is done", () => {
  const changes = [];
  const wants = new Wants(() => changes.push(wants.list.join()));
  const [one, other] = [wants.add("a"), wants.add("a")];
  one();
  one();
  assert.deepEqual(wants.list, ["a"]);
  other();

  assert.deepEqual(changes, ["a", ""]);
});

test("topics go out fifty to a message", () => {
  const sent = [];
  const topics = new Topics((message) => sent.push(message));
  topics.want(Array.from({ length: 120 }, (_, at) => `post:${at}`));
  assert.equal(topics.greet().length, 50);

  topics.opened();

  assert.deepEqual(sent.map(({ t, topics: names }) => [t, names.length]), [["sub", 50], ["sub", 20]]);
});
