/** The durable log under everything a network, a browser and a person can do: old snapshot + events = new snapshot. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { CursorStore } from "../../frontend/sdk/index.js";
import { Log } from "../../frontend/sdk/log.js";

const SEEDS = 400;
const STEPS = 120;
const HOLD_MS = 2_000;

/** A server: a log of steps, the state that they make, and a tail that was trimmed. */
class Server {
  epoch = "a";
  head = 0;
  first = 1;
  state = new Map();

  /** Something happens: one of eight keys gets a value, or goes. */
  happen(random) {
    this.head += 1;
    const d = { key: int(random, 8), value: int(random, 5) };
    this.events ??= new Map();
    this.events.set(this.head, d);
    apply(this.state, d);
  }

  frame(seq) {
    return { t: "ev", seq, k: "step", d: this.events.get(seq) };
  }

  after({ epoch, seq }) {
    if (epoch !== this.epoch || seq + 1 < this.first) return null;
    return Array.from({ length: this.head - seq }, (_, at) => this.frame(seq + 1 + at));
  }

  get at() {
    return { epoch: this.epoch, seq: this.head };
  }
}

/** A tab: what is on its screen, and what it was shown in this life of the page. */
class Tab {
  asked = [];
  storage = new Map();
  drawings = [];

  constructor(server, random) {
    this.server = server;
    this.random = random;
    this.store = new CursorStore({ getItem: (key) => this.storage.get(key) ?? null, setItem: (...kept) => this.storage.set(...kept) }, "1");
    this.load(server.at, new Map(server.state));
  }

  /** Open the page: as the server prints it now, or as the browser kept it. */
  load(cursor, screen) {
    this.log?.pause();
    this.screen = screen;
    this.last = cursor.seq;
    this.kept = { cursor, screen: new Map(screen) };
    this.asked.length = 0;
    this.drawings.length = 0;
    this.log = new Log({
      cursor,
      store: this.store,
      deliver: (frame) => this.draw(frame),
      resume: (from) => this.asked.push(from),
    });
  }

  draw({ seq, d, again }) {
    assert.equal(seq, this.last + 1, "in order, once");
    assert.equal(again, this.seen?.epoch === this.server.epoch && seq <= this.seen.seq, "marked if shown before");
    this.last = seq;
    const { screen } = this;
    if (this.random() < 0.8) return void apply(screen, d);
    return new Promise((drawn) => this.drawings.push(drawn)).then(() => apply(screen, d));
  }

  reload() {
    this.seen = this.store.load();
    this.load(this.server.at, new Map(this.server.state));
  }

  back() {
    this.seen = this.store.load();
    this.load(this.kept.cursor, new Map(this.kept.screen));
  }

  resync() {
    this.log.reset(this.server.at);
    this.screen = new Map(this.server.state); // drawings under way go on in the one that is thrown away
    this.last = this.server.head;
    this.log.settle();
  }
}

function apply(state, { key, value }) {
  if (value === 0) state.delete(key);
  else state.set(key, value);
}

function int(random, below) {
  return Math.floor(random() * below);
}

/** Mulberry32: the same numbers for the same seed everywhere. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const settle = async () => {
  for (let turn = 0; turn < 6; turn += 1) await Promise.resolve();
};

async function answer(server, tab, lossy, random) {
  const from = tab.asked.pop();
  tab.asked.length = 0;
  if (!from) return;
  const frames = server.after(from);
  if (!frames) return tab.resync();
  for (const frame of frames) if (!lossy || random() < 0.8) tab.log.receive(frame);
  if (!lossy || random() < 0.8) tab.log.reach(server.head);
  await settle();
}

/** One step of the world. */
async function step(server, tab, wire, random) {
  const roll = random();
  if (roll < 0.35) {
    server.happen(random);
    if (random() < 0.85) wire.push(server.frame(server.head)); // or dropped on the way
  } else if (roll < 0.6 && wire.length) {
    const [frame] = wire.splice(int(random, wire.length), 1); // in any order
    if (random() < 0.2) wire.push(frame); // and again later
    tab.log.receive(frame);
  } else if (roll < 0.7) tab.log.reach(server.head);
  else if (roll < 0.78) mock.timers.tick(HOLD_MS);
  else if (roll < 0.86) await answer(server, tab, true, random);
  else if (roll < 0.9) tab.log.repair();
  else if (roll < 0.95) tab.drawings.splice(int(random, tab.drawings.length), 1)[0]?.();
  else if (roll < 0.965) tab.log.pause(); // the connection goes
  else if (roll < 0.98) {
    wire.length = 0;
    tab.reload();
  } else if (roll < 0.99) {
    wire.length = 0;
    tab.back();
  } else server.first = server.head + 1; // the log is trimmed
  await settle();
}

/** Peace: everything is drawn, heartbeats come, questions are answered. */
async function rest(server, tab) {
  for (let turn = 0; turn < 300 && tab.log.cursor.seq < server.head; turn += 1) {
    tab.drawings.splice(0).forEach((drawn) => drawn());
    await settle();
    tab.log.reach(server.head);
    mock.timers.tick(HOLD_MS);
    await answer(server, tab, false, Math.random);
  }
}

test(`the log keeps a screen equal to the server, ${SEEDS} worlds of ${STEPS} steps`, async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = dice(seed);
    const server = new Server();
    const tab = new Tab(server, random);
    const wire = [];
    for (let turn = 0; turn < STEPS; turn += 1) await step(server, tab, wire, random);
    await rest(server, tab);
    const story = `seed ${seed}`;
    assert.deepEqual(tab.log.cursor, server.at, story);
    assert.deepEqual([...tab.screen].sort(), [...server.state].sort(), story);
  }
  mock.timers.reset();
});

test("what was held behind a gap is not taken for the events of another epoch", () => {
  const drawn = [];
  const store = new CursorStore(null, "1");
  const log = new Log({ cursor: { epoch: "a", seq: 10 }, store, deliver: ({ d }) => void drawn.push(d), resume() {} });
  log.receive({ t: "ev", seq: 12, d: "old" });

  log.reset({ epoch: "b", seq: 10 });
  log.receive({ t: "ev", seq: 11, d: "new" });

  assert.deepEqual(drawn, ["new"]);
  log.pause();
});

test("repeats leave the room behind a gap free", () => {
  const drawn = [];
  const store = new CursorStore(null, "1");
  const log = new Log({ cursor: { epoch: "a", seq: 500 }, store, deliver: ({ seq }) => void drawn.push(seq), resume() {} });

  for (let seq = 1; seq <= 500; seq += 1) log.receive({ t: "ev", seq });
  log.receive({ t: "ev", seq: 502 });
  log.receive({ t: "ev", seq: 501 });

  assert.deepEqual(drawn, [501, 502]);
  log.pause();
});
