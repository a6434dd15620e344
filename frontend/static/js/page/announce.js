/** What screen readers are told about live changes: the latest, at most once in 5 s, whatever happens on screen. */

import { Throttle } from "../lib/throttle.js";

const EVERY_MS = 5_000;

const throttle = new Throttle(EVERY_MS, (text) => {
  region().textContent = text;
});
let made = null;

export function announce(text) {
  region(); // must stand there before its text changes, or it is not read
  throttle.push(text);
}

function region() {
  if (made) return made;
  made = document.createElement("div");
  made.className = "visually-hidden";
  made.setAttribute("role", "status");
  document.body.append(made);
  return made;
}
