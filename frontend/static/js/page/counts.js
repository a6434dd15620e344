/** The numbers of a post, wherever the page shows them. */

/**
 * @param {string} post
 * @param {"likes" | "comments"} kind
 * @returns {NodeListOf<Element>} `live-count` elements
 */
export function countsOf(post, kind) {
  return document.querySelectorAll(`live-count[data-post="${CSS.escape(post)}"][data-kind="${kind}"]`);
}
