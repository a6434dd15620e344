/** The client of `rt.v1`: all that its users import. The rest of this folder is how it works. */

import { Live } from "./live.js";

export { advice, CLOSE } from "./closes.js";
export { CursorStore } from "./cursor.js";
export { Live };

/**
 * Go live.
 * @param {ConstructorParameters<typeof Live>[0]} options
 * @returns {Live}
 */
export function connect(options) {
  const live = new Live(options);
  live.start();
  return live;
}
