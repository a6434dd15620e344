/** Which posts are on screen, by one observer for all. */

import { live } from "./live.js";

const ends = new WeakMap();
const observer = new IntersectionObserver((entries) => entries.forEach(seen));

/** Keep the counts of `element.dataset.post` live while the element is on screen, until the signal. */
export function keepLive(element, signal) {
  observer.observe(element);
  signal.addEventListener("abort", () => {
    observer.unobserve(element);
    leave(element);
  });
}

function seen({ target, isIntersecting }) {
  leave(target);
  if (isIntersecting) ends.set(target, live.view(target.dataset.post));
}

function leave(element) {
  ends.get(element)?.();
  ends.delete(element);
}
