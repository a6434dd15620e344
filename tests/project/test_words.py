"""Every word that people read can be said in each language, and is. `make words` brings the catalogues up to date."""

import pytest

from tests.support import wording
from tests.support.catalogues import (
    LANGUAGES,
    SOURCES,
    committed,
    compiled,
    ids_of,
    read,
    template_of,
    untranslated,
)

CATALOGUES = [(language, domain) for language in LANGUAGES for domain in SOURCES]


def test_words_that_nobody_can_translate_are_none():
    assert [str(path) for path in wording.files()] == []


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Hello there</p>", ["Hello there"]),
        ('<p>{% translate "Hello" %} {{ name }}</p>', []),
        ("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}", []),
        ('<img alt="A cat">', ["A cat"]),
        ('<img alt="{% translate "A cat" %}">', []),
        ('{% include "_a.html" with title="No posts" %}', ["No posts"]),
        ('{% include "_a.html" with title=_("No posts") %}', []),
        ('{{ title|default:"Something" }}', ["Something"]),
        ("<code>GET /api</code> · {# Hello #}", []),
    ],
)
def test_words_of_a_template_are_found(template, words):
    assert wording.in_template(template) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('raise NotFound("No such post.")', ["'No such post.'"]),
        ('raise NotFound(f"No {thing}")', ["f'No {thing}'"]),
        ('raise NotFound(_("No such post."))', []),
        ('raise Unacceptable("too_many", _("Too many."))', []),
    ],
)
def test_words_of_a_refusal_are_found(source, words):
    assert wording.in_python(source) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('say("Not sent.")', ["Not sent."]),
        ('say(_("Not sent."))', []),
        ('say(plural("One more photo", "Many more photos", 2))', []),
        ('document.querySelector("main > p")', []),
        ('if (event.key === "Enter") go("/p/7/");', []),
    ],
)
def test_words_of_a_script_are_found(source, words):
    assert wording.in_script(source) == words


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_a_catalogue_has_the_words_of_the_sources(language, domain):
    assert ids_of(read(language, domain)) == ids_of(template_of(domain))


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_a_catalogue_says_all_of_them(language, domain):
    assert untranslated(read(language, domain)) == []


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_a_translation_keeps_the_named_places(language, domain):
    assert [(message.id, [str(error) for error in errors]) for message, errors in read(language, domain).check()] == []


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_what_django_loads_is_what_the_catalogue_says(language, domain):
    assert committed(language, domain) == compiled(read(language, domain))
