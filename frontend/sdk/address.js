/** Where the ways of one server are. */

const SOCKET = "/rt";
const EVENTS = "/api/v1/events";

/**
 * @param {string} url the site ("https://photos.example"), its socket, or a path of the page's own site
 * @returns {{socket: string, stream: URL, events: URL}}
 */
export function addresses(url) {
  const socket = new URL(url, globalThis.location?.href);
  if (socket.pathname === "/") socket.pathname = SOCKET;
  const site = new URL(socket);
  socket.protocol = socket.protocol.replace(/^http/, "ws");
  site.protocol = site.protocol.replace(/^ws/, "http");
  return { socket: socket.href, stream: new URL(`${site.href}/sse`), events: new URL(EVENTS, site) };
}
