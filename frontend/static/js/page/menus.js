/** Menus close at a click elsewhere, and with Escape, which gives the focus back. Without a script their button does it. */

const OPEN = "details.menu[open]";

/** Listen on the whole page. */
export function beginMenus() {
  document.addEventListener("click", ({ target }) => {
    for (const menu of document.querySelectorAll(OPEN)) if (!menu.contains(target)) menu.open = false;
  });
  document.addEventListener("keydown", escaped);
}

function escaped(event) {
  const menu = event.key === "Escape" && document.querySelector(OPEN);
  if (!menu) return;
  event.stopImmediatePropagation(); // it means the menu, and nothing else on the page
  menu.open = false;
  menu.querySelector("summary").focus();
}
