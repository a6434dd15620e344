/** All that scripts say about people, in one place, in whole sentences. Gives text, never markup. */

import { _, fill, plural } from "./gettext.js";

// One person did it, or several: languages differ in the verb.
const DONE = {
  like: (count) => plural("liked your photo", "liked your photo", count),
  comment: (count) => plural("commented on your photo", "commented on your photo", count),
  follow: (count) => plural("started following you", "started following you", count),
  reply: (count) => plural("replied to your comment", "replied to your comment", count),
  mention: (count) => plural("mentioned you", "mentioned you", count),
  comment_like: (count) => plural("liked your comment", "liked your comment", count),
};

// One person did it that often.
const ACROSS = {
  like: (count) => plural("liked %(count)s of your photos", "liked %(count)s of your photos", count),
  comment_like: (count) => plural("liked %(count)s of your comments", "liked %(count)s of your comments", count),
};

/**
 * @param {string} kind
 * @param {{count: number} | null} [across] how often one person did it, if that is one row
 * @param {number} [count] of the people who did
 * @returns {string} what the people of a group did; "" for a kind this version does not know
 */
export function done(kind, across, count = 1) {
  if (across?.count > 1 && kind in ACROSS) return fill(ACROSS[kind](across.count), across);
  return DONE[kind]?.(count) ?? "";
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
  if (second === undefined) return pieces(plural("%(one)s and %(count)s other", "%(one)s and %(count)s others", count - 1), { one: first, count: count - 1 });
  if (count === 2) return pieces(_("%(one)s and %(two)s"), { one: first, two: second });
  const sentence = plural("%(one)s, %(two)s and %(count)s other", "%(one)s, %(two)s and %(count)s others", count - 2);
  return pieces(sentence, { one: first, two: second, count: count - 2 });
}

/** @returns {string} "ana and 41 others liked your photo" */
export function sentence({ kind, across }, actors, count) {
  return fill(_("%(names)s %(did)s"), { names: names(actors, count).join(""), did: done(kind, across, count) });
}

// Cut at the names, which are drawn apart: "%(one)s and %(two)s" → ["ana", " and ", "ben"].
function pieces(sentence, { count, ...people }) {
  const cut = fill(sentence, { count }).split(/%\((one|two)\)s/).map((piece, at) => (at % 2 ? people[piece] : piece));
  const named = cut[0] ? ["", ...cut] : cut.slice(1);
  return named.at(-1) ? named : named.slice(0, -1);
}
