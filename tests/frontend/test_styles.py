"""The style sheets as data: colours have names, names exist, and docs/design.md knows them all."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CSS = ROOT / "frontend" / "static" / "css"
RAW = re.compile(r"#[0-9a-f]{3,8}\b|rgb\(|hsl\(")
USED = re.compile(r"var\((--[\w-]+)\)")  # without a second value, so it has to be there
MADE = re.compile(r"(--[\w-]+):")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def sheets(folder="."):
    return {path.name: COMMENT.sub("", path.read_text()) for path in (CSS / folder).rglob("*.css")}


def test_components_name_no_raw_colour():
    found = {name: RAW.findall(text) for name, text in sheets("components").items()}

    assert {name: colours for name, colours in found.items() if colours} == {}


def test_every_value_that_is_used_is_made():
    made = {name for text in sheets().values() for name in MADE.findall(text)}
    used = {name for text in sheets().values() for name in USED.findall(text)}

    assert used - made == set()


def test_every_meaning_is_in_the_glossary():
    meanings = set(MADE.findall(sheets()["tokens.css"].partition("color-canvas")[2])) | {"--color-canvas"}
    told = set(re.findall(r"`(--[\w-]+)`", (ROOT / "docs" / "design.md").read_text()))

    assert told == meanings
