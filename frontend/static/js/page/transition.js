/** From a grid to a photo and back the picture itself moves. Only the pressed one has a name; whether anything moves is the style sheets'. */

const NAMED = "opened-photo";

/** Listen to the page that is left and to the page that comes. */
export function beginTransitions() {
  addEventListener("pageswap", ({ viewTransition, activation }) => viewTransition && name(activation?.entry?.url, viewTransition));
  addEventListener("pagereveal", ({ viewTransition }) => {
    if (viewTransition) name(globalThis.navigation?.activation?.from?.url, viewTransition);
  });
}

// The page's side of a pair: the tile that leads there. The post's side has its name from the style sheet.
function name(address, { ready, finished }) {
  const photo = address && tileOf(new URL(address).pathname)?.querySelector(".photo-grid__photo");
  photo?.classList.add(NAMED);
  const unname = () => photo?.classList.remove(NAMED);
  ready.catch(() => {}); // where nothing moves, as the next page has no wish to or is already there, both may fail
  finished.then(unname, unname);
}

function tileOf(path) {
  return document.querySelector(`.photo-grid__link[href="${CSS.escape(path)}"]`);
}
