"""The catalogues in locale/ as the sources would have them: `make words` writes, tests compare. Translates nothing.

Django's own makemessages needs GNU gettext; Babel reads Python and JavaScript alike, and Django turns templates into
what it reads.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "locale"
LANGUAGES = ("de", "es", "ar")
APPS = ("core", "events", "accounts", "content", "realtime", "notifications", "ops", "project")
# What each domain is read from. The live protocol's words are for machines, and the SDK has none.
SOURCES = {
    "django": [*(f"{app}/**/*.py" for app in APPS), "frontend/templates/**/*.html", "frontend/templates/**/*.txt"],
    "djangojs": ["frontend/static/js/**/*.js"],
}
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "plural": (1, 2),
}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)  # a time of day would change the files with every run


def template_of(domain: str) -> Catalog:
    """All messages of a domain, from the sources as they are."""
    catalog = Catalog(domain=domain, project="Photophore", creation_date=LONG_AGO, revision_date=LONG_AGO)
    for path in _files(domain):
        for message, context in _messages(path):
            catalog.add(message, None, [(str(path.relative_to(ROOT)), 1)], context=context)
    return catalog


def read(language: str, domain: str) -> Catalog:
    """A committed catalogue."""
    with _path(language, domain, "po").open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def compiled(catalog: Catalog) -> bytes:
    """What Django loads of a catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def committed(language: str, domain: str) -> bytes:
    """What Django does load."""
    return _path(language, domain, "mo").read_bytes()


def renew(language: str, domain: str) -> int:
    """Bring a catalogue up to date with the sources; return how many messages wait for their translation."""
    path = _path(language, domain, "po")
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = read(language, domain) if path.exists() else Catalog(language, domain=domain)
    catalog.update(template_of(domain), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.project = catalog.last_translator = catalog.language_team = "Photophore"
    catalog.header_comment = "# Photophore's words. `make words` brings them up to date with the sources."
    catalog.creation_date = catalog.revision_date = LONG_AGO
    with path.open("wb") as file:
        write_po(file, catalog, width=120, sort_by_file=True, include_lineno=False)
    path.with_suffix(".mo").write_bytes(compiled(read(language, domain)))
    return len(untranslated(catalog))


def ids_of(catalog: Catalog) -> set[tuple[str | None, str]]:
    """What a catalogue says, or would: context and words, of plurals both."""
    return {(message.context, str(message.id)) for message in catalog if message.id}


def untranslated(catalog: Catalog) -> list[str]:
    """The messages without a translation, or with one that nobody has looked at."""
    return [str(message.id) for message in catalog if message.id and (message.fuzzy or not _is_full(message.string))]


def _is_full(string: str | tuple[str, ...]) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


def _path(language: str, domain: str, kind: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.{kind}"


def _files(domain: str) -> list[Path]:
    found = {path for pattern in SOURCES[domain] for path in ROOT.glob(pattern)}
    return sorted(path for path in found if not {"migrations", "demo"} & set(path.parts))


def _messages(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    method = "javascript" if path.suffix == ".js" else "python"
    text = path.read_text()
    if path.suffix in (".html", ".txt"):  # without indentation: it means nothing there, and something in Python
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    for _, message, _, context in extract(method, io.BytesIO(text.encode()), KEYWORDS):
        yield message, context


if __name__ == "__main__":
    for language in LANGUAGES:
        for domain in SOURCES:
            print(f"{language} {domain}: {renew(language, domain)} to translate")  # noqa: T201
