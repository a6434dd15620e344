/** Has the service worker beside this page, and tells it when a person leaves. */

const ADDRESS = "/sw.js";
const LOG_OUT = "/accounts/logout/";

/** Register it once the page is there; without one everything works, online. */
export function beginWorker() {
  if (!navigator.serviceWorker) return;
  const register = () => navigator.serviceWorker.register(ADDRESS, { type: "module", updateViaCache: "none" }).catch(() => {});
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
  addEventListener("submit", ({ target }) => new URL(target.action).pathname === LOG_OUT && forget());
  if (document.querySelector("[data-offline]")) addEventListener("online", () => location.reload());
}

// What was kept of a person goes with them: somebody else may sit here next.
function forget() {
  navigator.serviceWorker.controller?.postMessage("forget");
}
