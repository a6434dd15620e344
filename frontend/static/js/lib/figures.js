/** The console's numbers as text: as ops/templatetags/figures.py writes them, but for how some languages group thousands. */

const NONE = "–"; // not read
const BYTE_UNITS = ["B", "KB", "MB", "GB", "TB"];
const SPANS = [
  [172_800, 86_400, "d"],
  [7_200, 3_600, "h"],
  [120, 60, "min"],
]; // from so many seconds on, in this unit

const formats = new Map();

function grouped(value, digits = 0) {
  if (!formats.has(digits)) formats.set(digits, new Intl.NumberFormat(language(), options(digits)));
  return formats.get(digits).format(value);
}

const language = () => `${globalThis.document?.documentElement.lang || "en"}-u-nu-latn`;

const options = (digits) => ({
  minimumFractionDigits: digits,
  maximumFractionDigits: digits,
  useGrouping: "always",
  roundingMode: "halfEven", // as Python rounds
});

function bytes(value) {
  let unit = 0;
  for (; value >= 1024 && unit < BYTE_UNITS.length - 1; unit += 1) value /= 1024;
  return `${grouped(value, unit ? 1 : 0)} ${BYTE_UNITS[unit]}`;
}

function seconds(value) {
  for (const [least, unit, name] of SPANS) if (value >= least) return `${grouped(Math.floor(value / unit))} ${name}`;
  return value >= 1 ? `${grouped(value, 1)} s` : `${grouped(value * 1000, value < 0.01 ? 1 : 0)} ms`;
}

const WRITERS = {
  count: (value) => grouped(value),
  rate: (value) => `${grouped(value, 1)}/s`,
  bytes,
  "byte-rate": (value) => `${bytes(value)}/s`,
  ratio: (value) => grouped(value, 2),
  seconds,
  bound: (value) => `≤ ${seconds(value)}`,
};

/**
 * @param {number | null | undefined} value
 * @param {string} kind as in ops/figures.py
 * @param {number} [whole] what it is a part of; 0 is no limit
 */
export function figure(value, kind, whole) {
  if (value === null || value === undefined) return NONE;
  return WRITERS[kind](value) + (whole ? ` / ${WRITERS[kind](whole)}` : "");
}
