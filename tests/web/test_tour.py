"""docs/tour.md: every page on a phone and on a desk, in both themes, from the demo's photos. `make tour` writes it."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from tests.support import artefacts
from tests.web.pages import PAGES

# The test itself asks no database; the mark has the test database made.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(1800)]

WIDTHS = {390: 300, 1280: 600}  # of the window, and of its picture
QUALITY = 60
MOST_BYTES = 4_000_000
SHOWN = """() => [...document.images].every((image) =>
  image.complete || !image.checkVisibility() || image.getBoundingClientRect().top > innerHeight)"""
HEAD = """\
# Tour

Every page in each of its states, as a phone (390 px) and a desk (1280 px) show it, light and dark. The people and their
photos are the demo's; who took the photos is told in [frontend/demo/ATTRIBUTION.md](../frontend/demo/ATTRIBUTION.md).
Made by `make tour`; do not edit.
"""
STOP = """
## {title}

`{path}`, {who}

| phone, light | phone, dark | desk, light | desk, dark |
| --- | --- | --- | --- |
| {pictures} |
"""


@pytest.fixture(scope="module")
def size():
    """All of the demo."""
    return {}


@pytest.fixture
def folder():
    """Where the tour goes: what TOUR names, else to the artefacts."""
    folder = Path(os.environ.get("TOUR") or artefacts.path("tour/tour.md").parent)
    for old in folder.glob("images/tour/*.webp"):
        old.unlink()
    (folder / "images" / "tour").mkdir(parents=True, exist_ok=True)
    return folder


def test_the_tour_shows_every_page_and_none_is_wider_than_its_window(look, states, folder):
    stops, wide = [HEAD], {}
    for page in PAGES:
        tab, pictures = look(page), []
        for state in states():
            tab.wait_for_function(SHOWN)
            width = tab.viewport_size["width"]
            if tab.evaluate("document.documentElement.scrollWidth") > width:
                wide[page.name, state] = tab.evaluate("document.documentElement.scrollWidth")
            pictures.append(_picture(tab.screenshot(), width, folder, f"{page.name}-{state.replace(', ', '-')}"))
        stops.append(_stop(page, pictures))

    (folder / "tour.md").write_text("".join(stops))
    assert wide == {}
    assert sum(picture.stat().st_size for picture in folder.glob("images/tour/*.webp")) < MOST_BYTES


def _picture(png, width, folder, name):
    with Image.open(io.BytesIO(png)) as image:
        image.thumbnail((WIDTHS[width], WIDTHS[width] * 3))
        image.convert("RGB").save(folder / "images" / "tour" / f"{name}.webp", quality=QUALITY, method=6)
    return f"![{name.replace('-', ' ')}](images/tour/{name}.webp)"


def _stop(page, pictures):
    who = f"as {page.who} sees it" if page.who else "without an account"
    title = page.name.replace("-", " ").capitalize()
    return STOP.format(title=title, path=page.path, who=who, pictures=" | ".join(pictures))
