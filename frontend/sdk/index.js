/** The client of `rt.v1`: all that its users import. The rest of this folder is how it works. */

export { advice } from "./closes.js";
export { CursorStore } from "./cursor.js";
export { Live } from "./live.js";
