/** One-letter shortcuts. Never while someone writes, nor with a modifier held, nor for those who have switched them off. */

import { clone, part } from "./part.js";

const SEQUENCE_MS = 1_000;
const FIELDS = "input, textarea, select, [contenteditable], dialog";
const STOPS = "post-card.post-card, .notification__link, .photo-grid__link";
const SWITCH = "photophore.keys";

const keys = {
  j: () => move(1),
  k: () => move(-1),
  l: () => currentCard()?.like(),
  c: () => (document.querySelector("comment-form textarea") ?? commentsOf(currentCard()))?.focus(),
  u: () => toasts()?.undoLatest(),
  n: () => location.assign("/new/"),
  "/": () => search(),
  "?": () => openSheet(),
  "g h": () => location.assign("/"),
  Escape: () => toasts()?.dismissLatest(),
};

let before = { key: "", at: 0 };

/** Listen on the whole page. */
export function beginKeyboard() {
  document.addEventListener("keydown", pressed);
  const opener = part(document, "keyboard-open");
  if (!opener) return;
  opener.hidden = false;
  opener.addEventListener("click", openSheet);
}

function pressed(event) {
  const { key, timeStamp } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(FIELDS)) return;
  if (key.length === 1 && isOff()) return;
  const recent = timeStamp - before.at < SEQUENCE_MS;
  const act = keys[`${recent ? before.key : ""} ${key}`] ?? keys[key];
  before = { key, at: timeStamp };
  if (!act) return;
  event.preventDefault(); // the letter is not for the field that gets the focus
  act();
}

function move(step) {
  const stops = [...document.querySelectorAll(STOPS)];
  const at = stops.indexOf(document.activeElement.closest(STOPS));
  const next = at < 0 ? nearest(stops, step) : stops[at + step];
  if (!next) return;
  if (next.localName === "post-card") next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: next.localName === "post-card" ? "start" : "nearest" });
}

// From nowhere the way begins at what is seen first.
function nearest(stops, step) {
  const seen = stops.findIndex((stop) => stop.getBoundingClientRect().top >= 0);
  return stops[step > 0 ? Math.max(seen, 0) : seen - 1];
}

function currentCard() {
  const cards = [...document.querySelectorAll("post-card")].map((card) => ({ card, off: offCentre(card) }));
  return document.activeElement?.closest("post-card") ?? cards.sort((one, other) => one.off - other.off)[0]?.card;
}

function offCentre(card) {
  const { top, bottom } = card.getBoundingClientRect();
  return Math.abs((top + bottom - innerHeight) / 2);
}

function commentsOf(card) {
  const link = card?.querySelector(".post-card__comments");
  return link && { focus: () => link.click() };
}

function search() {
  const field = document.querySelector('main input[type="search"]');
  if (field) field.focus();
  else location.assign("/search/");
}

function toasts() {
  return document.querySelector("toast-stack");
}

function openSheet() {
  const sheet = document.querySelector(".keyboard-sheet") ?? document.body.appendChild(clone("keyboard-sheet"));
  const box = part(sheet, "keys");
  box.checked = !isOff();
  box.onchange = () => localStorage.setItem(SWITCH, box.checked ? "on" : "off");
  sheet.showModal();
}

function isOff() {
  try {
    return localStorage.getItem(SWITCH) === "off";
  } catch {
    return false; // no storage, no switch
  }
}
