/** Says what a caption holds, and what of it is over a limit. */

import { counted } from "../lib/caption.js";
import { _, fill, plural } from "../lib/gettext.js";

/**
 * @param {HTMLTextAreaElement} field
 * @param {number} most people whom a caption can tell
 * @returns {string} "12 of 2200 characters · 1 person mentioned · 2 hashtags"
 */
export function captionCount({ value, maxLength: limit }, most) {
  const { characters, people, tags } = counted(value);
  const words = [
    fill(_("%(characters)s of %(limit)s characters"), { characters, limit }),
    people && fill(plural("%(count)s person mentioned", "%(count)s people mentioned", people), { count: people }),
    people > most && fill(_("only the first %(most)s are told"), { most }),
    tags && fill(plural("%(count)s hashtag", "%(count)s hashtags", tags), { count: tags }),
  ];
  return words.filter(Boolean).join(" · ");
}
