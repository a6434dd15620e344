"""Words that people write: cleaned on the way in, made safe HTML on the way out. Knows no models."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core.problems import Invalid

# Not inside a word, an address or a link: "ben@example.org" and "https://x.org/@top" stay as they are.
_MENTIONS = re.compile(r"(?<![\w/&#@])@(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._]{0,28}[A-Za-z0-9_])?)(?!\w)")


def cleaned(text: str, *, field: str, limit: int, required: bool = False) -> str:
    """Return the text as it is kept: trimmed, with plain line ends.

    Raises:
        Invalid: naming `field`, if it is too long, empty though required, or holds what PostgreSQL cannot keep.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if required and not text:
        raise Invalid("Write something first.", field=field)
    if len(text) > limit:
        raise Invalid(f"{len(text):,} characters is over the limit of {limit:,}.", field=field)
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Invalid("This text holds a character that no text has.", field=field)
    return text


def caption_html(text: str) -> SafeString:
    """Return a caption as safe HTML: escaped, with @mentions linked and line breaks kept."""
    parts, at = [], 0
    for found in _MENTIONS.finditer(text):
        parts += [escape(text[at : found.start()]), f'<a href="/@{found["name"].lower()}/">{escape(found[0])}</a>']
        at = found.end()
    parts.append(escape(text[at:]))
    return mark_safe("".join(parts).replace("\n", "<br>"))  # noqa: S308 -- every part is escaped above
