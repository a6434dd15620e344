/** Puts the rows of a list in order: by their handles with a finger or a mouse, and by keys and buttons. */

import { part } from "./part.js";

const EDGE_PX = 80; // so near to the edge of the window the page scrolls along
const STEP_PX = 12;
const KEYS = { ArrowUp: -1, ArrowDown: 1 };

/**
 * @param {HTMLElement} list
 * @param {(row: Element) => void} moved when a row has found its place
 * @param {AbortSignal} signal
 */
export function order(list, moved, signal) {
  list.addEventListener("pointerdown", (event) => lift(list, event, moved), { signal });
  list.addEventListener("keydown", (event) => pressed(event, moved), { signal });
  list.addEventListener("click", (event) => clicked(event, moved), { signal });
}

function lift(list, event, moved) {
  const row = event.target.closest('[data-part="handle"]')?.closest("li");
  if (!row || event.button !== 0) return;
  event.preventDefault(); // no text is selected on the way
  const over = new AbortController();
  const { signal } = over;
  const drop = () => {
    over.abort();
    delete row.dataset.lifted;
    moved(row);
  };
  row.dataset.lifted = "true";
  list.setPointerCapture(event.pointerId); // not the handle: moved in the page it would lose the pointer
  list.addEventListener("pointermove", ({ clientY }) => carry(list, row, clientY), { signal });
  list.addEventListener("pointerup", drop, { signal });
  list.addEventListener("pointercancel", drop, { signal });
}

function carry(list, row, y) {
  if (y < EDGE_PX) scrollBy({ top: -STEP_PX, behavior: "instant" });
  if (y > innerHeight - EDGE_PX) scrollBy({ top: STEP_PX, behavior: "instant" });
  const rows = [...list.children];
  const over = rows.find((other) => other !== row && holds(other, y));
  if (!over) return;
  if (rows.indexOf(over) > rows.indexOf(row)) over.after(row);
  else over.before(row);
}

/** Only its far half counts: else two rows of different heights would change places at each move. */
function holds(row, y) {
  const { top, bottom, height } = row.getBoundingClientRect();
  return y > top + height / 4 && y < bottom - height / 4;
}

function pressed(event, moved) {
  const handle = event.target.closest('[data-part="handle"]');
  if (!handle || !(event.key in KEYS)) return;
  event.preventDefault();
  step(handle, KEYS[event.key], moved);
}

function clicked({ target }, moved) {
  const button = target.closest('[data-part="earlier"], [data-part="later"]');
  if (button) step(button, button.dataset.part === "earlier" ? -1 : 1, moved);
}

function step(button, by, moved) {
  const row = button.closest("li");
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (by < 0) other.before(row);
  else other.after(row);
  moved(row);
  (button.disabled ? part(row, "handle") : button).focus(); // an element that is moved loses it
}
