/** Words that are not sent yet, kept on this device for the person who writes them. */

import { me } from "./live.js";

/** @returns {{text: string}} what is kept under a name; an empty text keeps nothing */
export function draftOf(name) {
  const key = `photophore.draft.${me.id}.${name}`;
  return {
    get text() {
      return withStorage((storage) => storage.getItem(key)) ?? "";
    },
    set text(text) {
      withStorage((storage) => (text ? storage.setItem(key, text) : storage.removeItem(key)));
    },
  };
}

function withStorage(act) {
  try {
    return act(localStorage);
  } catch {
    return null; // forbidden by the person, or full
  }
}
