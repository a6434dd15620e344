/** Pull to refresh, for the installed app: a browser has its own. What it looks like is the style sheet's, by `--pull-refresh`. */

import { clone } from "./part.js";

const FAR_PX = 90; // that a finger has to go

/** Listen on the whole page, where no browser does it. */
export function beginPull() {
  const alone = matchMedia("(display-mode: standalone) and (pointer: coarse)").matches;
  const sign = alone && clone("pull-refresh");
  if (!sign) return;
  document.body.append(sign);
  let from = null;
  const pulled = (event) => Math.max(0, Math.min(1, (event.touches[0].clientY - from) / FAR_PX));
  document.addEventListener("touchstart", (event) => (from = scrollY <= 0 ? event.touches[0].clientY : null), { passive: true });
  document.addEventListener("touchmove", (event) => from !== null && draw(sign, pulled(event)), { passive: true });
  document.addEventListener("touchend", () => {
    if (sign.classList.contains("pull-refresh--far")) location.reload();
    else draw(sign, 0);
    from = null;
  });
}

function draw(sign, share) {
  sign.style.setProperty("--pull-refresh", share);
  sign.classList.toggle("pull-refresh--far", share === 1);
}
