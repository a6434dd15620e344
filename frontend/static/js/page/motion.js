/** Short animations named by CSS classes. What they look like, and whether they run at all, is the style sheets'. */

/** Run an animation, from its start if it runs already. */
export function flash(element, name) {
  if (!element) return;
  element.classList.remove(name);
  void element.offsetWidth; // without a layout in between the same animation would not start again
  element.classList.add(name);
  element.addEventListener("animationend", () => element.classList.remove(name), { once: true });
}

/** Take a row away after its animation. At once it is no row any more: nothing finds it by its id. */
export function leave(row, name) {
  row.removeAttribute("id");
  delete row.dataset.group;
  delete row.dataset.comment;
  row.inert = true;
  row.classList.add(name);
  const ends = row.getAnimations().map((animation) => animation.finished);
  if (document.hidden || ends.length === 0) row.remove();
  else Promise.allSettled(ends).then(() => row.remove());
}
