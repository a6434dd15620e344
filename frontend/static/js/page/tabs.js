/** Tabs as the ARIA Authoring Practices have them: arrows go from one to the next, Tab goes into what is shown. */

const KEYS = { ArrowLeft: -1, ArrowRight: 1 };

/**
 * @param {HTMLElement} list role=tablist, whose tabs name their panels by aria-controls
 * @param {(name: string) => void} shown `data-tab` of the one that was chosen
 * @param {AbortSignal} signal
 * @returns {(name: string) => void} choose one
 */
export function tabs(list, shown, signal) {
  const all = [...list.querySelectorAll('[role="tab"]')];
  const choose = (wanted) => {
    for (const tab of all) {
      tab.ariaSelected = String(tab === wanted);
      tab.tabIndex = tab === wanted ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== wanted;
    }
    shown(wanted.dataset.tab);
  };
  const pressed = (event) => {
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    const by = KEYS[event.key] * (getComputedStyle(list).direction === "rtl" ? -1 : 1);
    const next = all.at((all.indexOf(event.target) + by) % all.length);
    choose(next);
    next.focus();
  };
  list.addEventListener("click", ({ target }) => target.closest('[role="tab"]') && choose(target.closest('[role="tab"]')), { signal });
  list.addEventListener("keydown", pressed, { signal });
  return (name) => choose(all.find(({ dataset }) => dataset.tab === name));
}
