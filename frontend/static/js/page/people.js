/** Faces and names of people in cloned rows. */

import { names } from "../lib/words.js";
import { part, picture, write } from "./part.js";

/** Fill one blank avatar. */
export function face(avatar, person) {
  if (!avatar || !person) return;
  avatar.dataset.hue = person.id.slice(-1);
  picture(part(avatar, "avatar-image"), person.avatar_url);
  write(part(avatar, "avatar-initial"), person.avatar_url ? "" : person.username.charAt(0).toUpperCase());
}

/** Fill all blank avatars of a row; those without a person go. */
export function faces(row, people) {
  row.querySelectorAll('[data-part="avatar"]').forEach((avatar, at) => {
    if (people[at]) face(avatar, people[at]);
    else avatar.remove();
  });
}

/** Write "ana, ben and 12 others" with the names in bold. */
export function writeNames(element, actors, count) {
  element.replaceChildren(...names(actors, count).map((piece, at) => (at % 2 ? piece : bold(piece))));
}

function bold(name) {
  const element = document.createElement("b");
  element.textContent = name;
  return element;
}
