"""The console's numbers as text: the script writes what the page was made with."""

import pytest
from django.utils import translation

from ops.templatetags.figures import WRITERS

PAGE = "<!doctype html><html lang={language}><title>Figures</title><link rel=icon href=data:,>"
WRITTEN = """async (asked) => {
  const { figure } = await import("/static/js/lib/figures.js");
  return asked.map(([value, kind]) => figure(value, kind));
}"""
VALUES = [0, 0.0025, 0.25, 1, 2.5, 119, 600, 9_000, 1_234_567, 400_000_000]


@pytest.mark.parametrize("language", ["en", "de"])  # of others Django and Intl group thousands differently
def test_the_script_and_the_page_write_the_same(clean, site, language):
    site.pages["/figures"] = PAGE.format(language=language)
    clean.goto(f"{site.url}/figures")
    asked = [(value, kind) for kind in WRITERS for value in VALUES]

    found = clean.evaluate(WRITTEN, asked)

    with translation.override(language):
        assert found == [WRITERS[kind](value) for value, kind in asked]
