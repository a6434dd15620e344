/** How far the page's endless list has grown, kept with the page's entry in the history: who comes back finds it as it was. */

const KEY = "grown";

let pages = 0;

addEventListener("pagehide", () => {
  if (pages) history.replaceState({ ...history.state, [KEY]: { pages, top: scrollY } }, "");
});

/** The list got one more page. */
export function grown() {
  pages += 1;
}

/** @returns {{pages: number, top: number} | null} how far it was when the page was left; null on a first visit */
export function placeLeft() {
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  return type === "back_forward" || type === "reload" ? (history.state?.[KEY] ?? null) : null;
}
