"""Finds words that people read and nobody can translate: in templates, in refusals, in scripts. Changes nothing."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

from tests.support.catalogues import APPS, ROOT

TEMPLATES = ROOT / "frontend" / "templates"
SCRIPTS = ROOT / "frontend" / "static" / "js"

WORD = re.compile(r"[^\W\d_]{2,}")
SPOKEN = ("alt", "title", "aria-label", "aria-description", "aria-roledescription", "placeholder", "label")
UNSPOKEN = ("script", "style", "code", "pre")
AROUND = "#@():· "  # what stands around a value and before the name of the site
# What every language writes alike.
NAMES = {"Photophore", "REST", "UTC", "rt.v1", "pho_…", "post:715 profile:ana", "Esc"}
KEYS = {"Enter", "Escape", "Files", "Tab", "Home", "End"}  # of keyboards and of drags
# A literal in a tag that prints it or hands it on; and the same in `_()`.
LITERAL = re.compile(r"""(_\()?(?<![\w.])"([^"]*)\"""")
SENTENCE = re.compile(r"[A-Z]\w*( \w|\.$|$)")
MARKED = ("translate", "trans", "load", "url", "static", "extends", "comment", "language")
PROBLEMS = {
    "Invalid", "NotFound", "Conflict", "Forbidden", "TooLarge", "UnsupportedMedia", "TooMany", "Busy",
    "Unauthenticated", "ValidationError", "Unacceptable",
}  # fmt: skip
COMMENT = re.compile(r"/\*.*?\*/|(?<![^\s])//[^\n]*", re.DOTALL)
MARKED_CALL = re.compile(r"""\b(?:_|plural)\((?:\s*"(?:[^"\\]|\\.)*",?)+""")
STRING = re.compile(r"""["`]((?:[^"`\\\n]|\\.)*)["`]""")
SAID = re.compile(r"[A-Z][a-z']+( [\w']+)+|[A-Z][a-z]+\W$|[A-Z][a-z]{3,}$")
BEFORE_LANGUAGES = ROOT / "project" / "bodylimit.py"  # refuses what Django never sees


def in_template(text: str) -> list[str]:
    """The words of a template that stand outside of translate tags."""
    html, literals, skipped = [], [], ""
    for token in Lexer(text).tokenize():
        name = token.split_contents()[0] if token.token_type == TokenType.BLOCK else ""
        if skipped:
            skipped = "" if name == skipped else skipped
        elif name in ("blocktranslate", "blocktrans", "comment"):
            skipped = f"end{name}"
        elif name == "block" and token.contents.endswith("_icon"):  # holds the name of an icon
            skipped = "endblock"
        elif token.token_type == TokenType.TEXT:
            html.append(token.contents)
        elif token.token_type in (TokenType.VAR, TokenType.BLOCK) and name not in MARKED:
            literals += [words for mark, words in LITERAL.findall(token.contents) if not mark and SENTENCE.match(words)]
    reader = _Reader()
    reader.feed("".join(html))
    return [words for words in (*reader.words, *literals) if words.lstrip(AROUND) not in NAMES]


class _Reader(HTMLParser):
    """What a page says: texts, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSPOKEN:
            self._inside.append(tag)
        self._keep(*(value or "" for name, value in attrs if name in SPOKEN))

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self._keep(data)

    def _keep(self, *texts: str) -> None:
        stripped = (" ".join(text.split()).strip("·,.()- ") for text in texts)
        self.words += [text for text in stripped if WORD.search(text)]


def in_python(source: str) -> list[str]:
    """The refusals of a module that are told in plain strings."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [ast.unparse(argument) for call in calls if _name(call) in PROBLEMS for argument in _plain(call)]


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _plain(call: ast.Call) -> Iterator[ast.expr]:
    for argument in call.args:
        text = argument.value if isinstance(argument, ast.Constant) else ""
        if isinstance(argument, ast.JoinedStr) or (isinstance(text, str) and " " in text):
            yield argument


def in_script(source: str) -> list[str]:
    """The sentences of a script that are neither comments nor handed to `_` or `plural`."""
    left = MARKED_CALL.sub("", COMMENT.sub("", source))
    return [words for words in STRING.findall(left) if SAID.match(words) and words not in KEYS]


def files() -> dict[Path, list[str]]:
    """The words of each file, for files that have some."""
    readers = {
        **{path: in_template for kind in ("html", "txt") for path in TEMPLATES.rglob(f"*.{kind}")},
        **{path: in_python for app in APPS if app != "realtime" for path in (ROOT / app).rglob("*.py")},
        **dict.fromkeys(SCRIPTS.rglob("*.js"), in_script),
    }
    found = {path.relative_to(ROOT): read(path.read_text()) for path, read in sorted(readers.items())}
    return {path: words for path, words in found.items() if words and ROOT / path != BEFORE_LANGUAGES}
