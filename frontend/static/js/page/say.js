/** A short notice to the person, by way of the toasts. */

/** @param {string} text */
export function say(text) {
  document.querySelector("toast-stack")?.say(text);
}
