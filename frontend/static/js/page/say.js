/** A short notice to the person, by way of the toasts. */

/**
 * @param {string} text
 * @param {{act?: () => unknown, undo?: () => void}} [options] what waits until the notice goes, and what takes it back
 */
export function say(text, options = {}) {
  const toasts = document.querySelector("toast-stack");
  if (toasts) toasts.say(text, options);
  else options.act?.();
}
