/** One-letter shortcuts. Never while someone writes, nor with a modifier held. */

const SEQUENCE_MS = 1_000;
const FIELDS = "input, textarea, select, [contenteditable]";

const keys = {
  l: () => currentCard()?.like(),
  n: () => location.assign("/new/"),
  "g h": () => location.assign("/"),
  Escape: () => document.querySelector("toast-stack")?.dismissLatest(),
};

let before = { key: "", at: 0 };

/** Listen on the whole page. */
export function beginKeyboard() {
  document.addEventListener("keydown", pressed);
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest(FIELDS)) return;
  const recent = event.timeStamp - before.at < SEQUENCE_MS;
  (keys[`${recent ? before.key : ""} ${event.key}`] ?? keys[event.key])?.();
  before = { key: event.key, at: event.timeStamp };
}

function currentCard() {
  const cards = [...document.querySelectorAll("post-card")].map((card) => ({ card, off: offCentre(card) }));
  return document.activeElement?.closest("post-card") ?? cards.sort((one, other) => one.off - other.off)[0]?.card;
}

function offCentre(card) {
  const { top, bottom } = card.getBoundingClientRect();
  return Math.abs((top + bottom - innerHeight) / 2);
}
