/** Goes live as the environment says, prints all it hears, and does what it reads. */

import { createInterface } from "node:readline";
import { connect } from "../../frontend/sdk/index.js";

const { URL: url, TOKEN: token, OPTIONS = "{}", WITHOUT = "" } = process.env;
const TYPES = ["state", "resync", "counts", "topic", "ephemeral", "denied", "revoked", "refused", "ev"];

class NoSocket extends EventTarget {
  constructor() {
    super();
    setImmediate(() => this.dispatchEvent(Object.assign(new Event("close"), { code: 1006 })));
  }

  close() {}
}

const without = WITHOUT.split(",");
const options = JSON.parse(OPTIONS);
if (without.includes("socket")) options.WebSocket = NoSocket;
if (without.includes("stream")) {
  options.fetch = (to, how) => (String(to).includes("/sse") ? Promise.reject(new Error("cut")) : fetch(to, how));
}
if (options.quick) options.backoff = { opened() {}, next: () => 50 };

const live = connect({ url, token, ...options });
const print = (type, detail) => detail.topic !== "live" && console.log(JSON.stringify([type, detail]));
for (const type of TYPES) live.on(type, (detail) => print(type, detail));
print("state", { state: live.state, code: live.code });

createInterface({ input: process.stdin }).on("line", (line) => {
  for (const [method, argument] of Object.entries(JSON.parse(line))) live[method](argument);
});
