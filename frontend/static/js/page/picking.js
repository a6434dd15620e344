/** The ways in which files come: chosen, taken by the camera, pasted, dropped anywhere on the page. */

import { part } from "./part.js";

/**
 * @param {HTMLElement} root holds the fields; its `data-dragging` tells whether files hang over the page
 * @param {(files: Iterable<File>) => void} add
 * @param {AbortSignal} signal
 */
export function pick(root, add, signal) {
  const hang = (over) => (root.dataset.dragging = String(over));
  for (const input of [part(root, "input"), part(root, "camera")]) {
    input?.addEventListener("change", () => chosen(input, add), { signal });
  }
  document.addEventListener("paste", ({ clipboardData }) => add(clipboardData.files), { signal });
  document.addEventListener("dragover", (event) => dragged(event, hang), { signal });
  document.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget ?? hang(false), { signal });
  document.addEventListener("drop", (event) => dropped(event, hang, add), { signal });
}

function chosen(input, add) {
  add([...input.files]);
  input.value = ""; // so that the same file can be chosen again
}

function dragged(event, hang) {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  hang(true);
}

function dropped(event, hang, add) {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  hang(false);
  add([...event.dataTransfer.files]);
}
