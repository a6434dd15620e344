/** Pieces of what the templates print. Text goes in as text: nothing here parses HTML. */

/** @returns {Element | null} the piece of that name inside `root` */
export function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

/** @returns {Element | null} the same among the children alone: other rows may stand in a row */
export function own(row, name) {
  return row.querySelector(`:scope > [data-part="${name}"]`);
}

/** @returns {Element | null} a copy of a printed `<template>`'s only element; null where the page has none */
export function clone(template) {
  const found = typeof template === "string" ? document.getElementById(template) : template;
  return found && document.importNode(found.content, true).firstElementChild;
}

/** Write a text; an empty one hides the piece. */
export function write(element, text) {
  if (!element) return;
  element.textContent = text;
  element.hidden = !text;
}

/** Show a picture; no address hides the piece. */
export function picture(element, src, alt = "") {
  if (!element) return;
  if (src) element.src = src;
  element.alt = alt;
  element.hidden = !src;
}
