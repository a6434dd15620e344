/** Words in the reader's language, from Django's catalogue; the English ones where there is none. */
export const _ = (text) => globalThis.django?.gettext(text) ?? text;
export const plural = (one, many, count) => globalThis.django?.ngettext(one, many, count) ?? (count === 1 ? one : many);
export const fill = (text, named) => text.replace(/%\((\w+)\)s/g, (whole, name) => named[name] ?? whole);
