/** How long ago, in words of a locale. Knows no clock. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const UNITS = [
  [DAY, "day"],
  [HOUR, "hour"],
  [MINUTE, "minute"],
];

/**
 * @param {Date} at
 * @param {Date} now
 * @param {string} locale
 * @returns {string} "5m ago"; a date after a week
 */
export function ago(at, now, locale) {
  const seconds = Math.max(0, (now - at) / 1000); // a clock that is behind must not say "in 3 seconds"
  if (seconds >= WEEK) return date(at, now, locale);
  const [size, unit] = UNITS.find(([least]) => seconds >= least) ?? [Infinity, "second"];
  return format("RelativeTimeFormat", locale, { numeric: "auto", style: "narrow" }).format(-Math.floor(seconds / size), unit);
}

const formats = new Map(); // making one costs more than a page's other work before it is drawn

// In the digits that the server prints, and that numbers beside it have.
function format(kind, locale = "en", options) {
  const key = JSON.stringify([kind, locale, options]);
  if (!formats.has(key)) formats.set(key, new Intl[kind](new Intl.Locale(locale, { numberingSystem: "latn" }), options));
  return formats.get(key);
}

function date(at, now, locale) {
  const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return format("DateTimeFormat", locale, { day: "numeric", month: "short", year }).format(at);
}
