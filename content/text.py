"""Words that people write: cleaned on the way in, made safe HTML on the way out. Knows no models."""

import functools
import re
import unicodedata
from html import escape
from urllib.parse import quote

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.numbers import grouped
from core.problems import Invalid

MAX_TAG = 100  # characters of one hashtag

# Not inside a word, an address or a link: "ben@example.org" and "https://x.org/@top" stay as they are.
_MENTION = r"@(?P<person>[A-Za-z0-9](?:[A-Za-z0-9._]{0,28}[A-Za-z0-9_])?)(?!\w)"
# Letters, digits, underscore, and the marks without which words of many scripts fall apart; "#1" alone is a number.
_MARKS = "".join(mark for mark in map(chr, range(0x300, 0x10000)) if unicodedata.category(mark)[0] == "M")
_TAG = rf"#(?P<tag>\d*[^\W\d][\w{_MARKS}]*)"
_LINKS = re.compile(rf"(?<![\w/&#@])(?:{_MENTION}|{_TAG})")


def cleaned(text: str, *, field: str, limit: int, required: bool = False) -> str:
    """Return the text as it is kept: trimmed, with plain line ends.

    Raises:
        Invalid: naming `field`, if it is too long, empty though required, or holds what PostgreSQL cannot keep.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if required and not text:
        raise Invalid(_("Write something first."), field=field)
    if len(text) > limit:
        told = {"count": grouped(len(text)), "limit": grouped(limit)}
        raise Invalid(_("%(count)s characters is over the limit of %(limit)s.") % told, field=field)
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Invalid(_("This text holds a character that no text has."), field=field)
    return text


def tag_name(text: str) -> str:
    """Return a hashtag as it is kept: in lower case, each letter written in one way; empty if it is none."""
    name = unicodedata.normalize("NFC", text.casefold())
    return name if len(name) <= MAX_TAG and re.fullmatch(_TAG, f"#{name}") else ""


def tags_in(text: str) -> list[str]:
    """Return the hashtags of a caption as they are kept, each once, in the order of the text."""
    names = (tag_name(found["tag"]) for found in _LINKS.finditer(text) if found["tag"])
    return list(filter(None, dict.fromkeys(names)))


def names_in(text: str, limit: int) -> list[str]:
    """Return the usernames that a text mentions, in order and each once: the first `limit` of them."""
    names = (found["person"].lower() for found in _LINKS.finditer(text) if found["person"])
    return list(dict.fromkeys(names))[:limit]


@functools.lru_cache(1_024)  # many read the same posts; 10 MB at most, of the longest captions
def caption_html(text: str) -> SafeString:
    """Return a caption or a comment as safe HTML: escaped, with @mentions and #hashtags linked, line breaks kept."""
    parts, at = [], 0
    for found in _LINKS.finditer(text):
        parts += [escape(text[at : found.start()]), _link(found[0])]
        at = found.end()
    parts.append(escape(text[at:]))
    return SafeString("".join(parts).replace("\n", "<br>"))  # every part is escaped above or in _link


def tag_url(name: str) -> str:
    """The address of a hashtag's page."""
    return f"/tags/{quote(name)}/"


@functools.lru_cache(1_024)  # many captions have the same words
def _link(word: str) -> str:
    """A mention or a hashtag, with its sign, as HTML."""
    if word[0] == "@":
        return f'<a href="/@{word[1:].lower()}/">{escape(word)}</a>'
    name = tag_name(word[1:])
    return f'<a href="{tag_url(name)}">{escape(word)}</a>' if name else escape(word)
