/** Text of a socket to messages. Does not know what a message means. */

/**
 * @param {string} text one frame: JSON messages, one a line
 * @returns {object[]} what could be read; a broken line must not cost the others
 */
export function split(text) {
  return text.split("\n").filter(Boolean).flatMap(parse);
}

function parse(line) {
  try {
    const message = JSON.parse(line);
    return typeof message?.t === "string" ? [message] : [];
  } catch {
    return [];
  }
}
