/** Rows that the server renders for a list. Its own pages only: what people write is escaped there. */

import { api } from "./api.js";

/**
 * @param {string} href a page of a list
 * @param {string} [name] which list of the page
 * @returns {Promise<{rows: Element[], next: string | null}>}
 * @throws {import("../lib/api.js").ApiError}
 */
export async function loadFragment(href, name = "1") {
  const url = new URL(href, location.href);
  url.searchParams.set("fragment", name);
  const answer = await api.fetch(url, { headers: { Accept: "text/html" } });
  if (answer.redirected) return { rows: [], next: href }; // to the log-in page: that is for a whole page
  const body = parsed(await answer.text());
  const link = body.querySelector('a.load-more[rel="next"]');
  const next = link?.getAttribute("href") ?? null;
  link?.remove();
  return { rows: [...body.children], next };
}

/** Show what people wrote as the server made it: escaped, with the mentions in it linked. */
export function writeHtml(element, html) {
  element.replaceChildren(...parsed(html).childNodes);
}

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}
