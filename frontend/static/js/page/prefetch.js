/** Fetches a page when somebody is about to open it: when they point at its link for a moment, or touch it. */

const POINTED_MS = 80; // a pointer that only passes costs nothing
const PAGES = /^\/(p\/\d+\/|@[^/]+\/|tags\/[^/]+\/|explore\/|notifications\/|)$/;

const done = new Set([location.pathname]);

/** Listen on the whole page, unless the person saves data. */
export function beginPrefetch() {
  if (navigator.connection?.saveData) return;
  document.addEventListener("pointerover", ({ target, pointerType }) => pointerType === "mouse" && pointed(target.closest("a")));
  document.addEventListener("touchstart", ({ target }) => fetchPage(target.closest("a")), { passive: true });
}

function pointed(link) {
  if (!link) return;
  const timer = setTimeout(() => fetchPage(link), POINTED_MS);
  link.addEventListener("pointerleave", () => clearTimeout(timer), { once: true });
}

function fetchPage(link) {
  if (!link || link.origin !== location.origin || link.search || !PAGES.test(link.pathname) || done.has(link.pathname)) return;
  done.add(link.pathname);
  const hint = document.createElement("link");
  Object.assign(hint, { rel: "prefetch", href: link.pathname, as: "document" });
  document.head.append(hint);
}
