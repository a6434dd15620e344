/** How many notifications nobody has seen, where the page itself is not looked at: in its title and icon, and on the app's. */

/** @param {number} count */
export function showUnread(count) {
  const icon = document.querySelector('link[rel="icon"][data-unread]');
  document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  if (icon) icon.href = count ? icon.dataset.unread : icon.dataset.calm;
  navigator.setAppBadge?.(count).catch(() => {}); // not an installed app
}
