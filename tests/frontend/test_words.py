"""What scripts say in other languages, with the catalogue that a page of that language loads."""

import pytest
from django.utils import translation

from core import numbers
from project import languages
from tests.support.catalogues import LANGUAGES

PAGE = "<!doctype html><html lang={language}><title>Words</title><link rel=icon href=data:,><script src={src}></script>"
NAMES = """
async ([count, kind, across]) => {
  const { sentence } = await import("/static/js/lib/words.js");
  const people = ["ana", "ben", "chloe"].slice(0, Math.min(count, 2)).map((username) => ({ username }));
  return sentence({ kind, across: across && { count: across } }, people, count);
}
"""
COMPACT = "async (counts) => counts.map((await import('/static/js/lib/compact.js')).compact)"
AGO = """
async ([seconds, language]) =>
  (await import("/static/js/lib/ago.js")).ago(new Date(0), new Date(seconds * 1000), language)
"""
COUNTS = [0, 9_999, 10_000, 12_399, 999_999, 1_234_567, 45_000_000, 2_000_000_001]


@pytest.fixture
def speaking(clean, site):
    """A page of a language."""

    def speaking(language):
        src = f"/i18n/words/{language}.js"
        site.scripts[src] = languages.words(language) if language != "en" else b""
        site.pages["/words"] = PAGE.format(language=language, src=src)
        clean.goto(f"{site.url}/words")
        return clean

    return speaking


@pytest.mark.parametrize(
    ("language", "count", "kind", "across", "words"),
    [
        ("de", 1, "like", 0, "ana mag dein Foto"),
        ("de", 2, "like", 0, "ana und ben mögen dein Foto"),
        ("de", 3, "comment", 0, "ana, ben und 1 weitere Person haben dein Foto kommentiert"),
        ("de", 9, "comment", 0, "ana, ben und 7 weitere haben dein Foto kommentiert"),
        ("es", 2, "follow", 0, "ana y ben han empezado a seguirte"),
        ("ar", 1, "like", 0, "ana أُعجب بصورتك"),
        ("ar", 1, "like", 2, "ana أُعجب بصورتين من صورك"),
        ("ar", 2, "like", 0, "ana وben أُعجبا بصورتك"),
        ("ar", 4, "like", 0, "ana وben وشخصان آخران أُعجبوا بصورتك"),
        ("ar", 13, "reply", 0, "ana وben و11 آخرون ردّوا على تعليقك"),
        ("en", 3, "like", 0, "ana, ben and 1 other liked your photo"),
    ],
)
def test_a_deed_is_told_in_whole_sentences(speaking, language, count, kind, across, words):
    assert speaking(language).evaluate(NAMES, [count, kind, across]) == words


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_count_is_the_same_from_the_server_and_from_a_script(speaking, language):
    told = speaking(language).evaluate(COMPACT, COUNTS)

    with translation.override(language):
        assert told == [numbers.compact(count) for count in COUNTS]


@pytest.mark.parametrize(
    ("language", "words"), [("de", "vor 5 m"), ("es", "hace 5 min"), ("ar", "قبل 5 دقائق"), ("en", "5m ago")]
)
def test_a_time_is_told_with_the_digits_of_the_page(speaking, language, words):
    assert speaking(language).evaluate(AGO, [300, language]) == words
