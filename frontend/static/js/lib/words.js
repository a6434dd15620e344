/** All that scripts say about people, in one place. Gives text, never markup. */

const DONE = {
  like: "liked your photo",
  comment: "commented on your photo",
  follow: "started following you",
  reply: "replied to your comment",
  mention: "mentioned you",
  comment_like: "liked your comment",
};

const ACROSS = { like: "photos", comment_like: "comments" };

/**
 * @param {string} kind
 * @param {{count: number} | null} [across] how often one person did it, if that is one row
 * @returns {string} what the people of a group did; "" for a kind this version does not know
 */
export function done(kind, across) {
  return across?.count > 1 && kind in ACROSS ? `liked ${across.count} of your ${ACROSS[kind]}` : (DONE[kind] ?? "");
}

/**
 * Who did it, in pieces: names (odd places are what stands between them).
 * @param {{username: string}[]} actors latest first, perhaps not all
 * @param {number} count all of them
 * @returns {string[]} ["ana"], ["ana", " and ", "ben"], ["ana", ", ", "ben", " and 12 others"]
 */
export function names(actors, count) {
  const [first, second] = actors.map((actor) => actor.username);
  if (first === undefined) return [];
  if (count <= 1) return [first];
  if (second === undefined) return [first, ` and ${others(count - 1)}`];
  return count === 2 ? [first, " and ", second] : [first, ", ", second, ` and ${others(count - 2)}`];
}

/** @returns {string} "ana and 41 others liked your photo" */
export function sentence({ kind, across }, actors, count) {
  return `${names(actors, count).join("")} ${done(kind, across)}`;
}

function others(count) {
  return count === 1 ? "1 other" : `${count} others`;
}
