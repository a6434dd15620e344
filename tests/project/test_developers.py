"""The developers' pages, for anybody and without a script."""

import pytest

from project.wire import page
from tests.support.build import make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("/developers/", "/developers/protocol/", "/developers/playground/")


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_may_read(path):
    assert Web().get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_neither_inline_style_nor_inline_script(path):
    text = Web(make_user("ana")).get(path).text

    assert "style=" not in text
    assert "onclick" not in text
    assert {part.partition(">")[0].strip() for part in text.split("<script")[1:]} <= {
        'type="module" src="/static/js/main.js"',
        'type="module" src="/static/js/elements/wire-playground.js"',
        'id="commands" type="application/json"',
        'id="closes" type="application/json"',
    }


def test_the_reference_has_every_section():
    text = Web().get("/developers/protocol/").text

    assert [section.slug for section in page.sections() if f'id="{section.slug}"' not in text] == []


@pytest.mark.parametrize(
    "words", ["4423", "hello.auth.ticket", "presence:&lt;username&gt;", "messages_in_10_s", "notification.retracted"]
)
def test_the_reference_says(words):
    assert words in Web().get("/developers/protocol/").text


def test_the_playground_offers_every_command():
    text = Web().get("/developers/playground/").text

    assert [
        one
        for one in ("hello", "sub", "unsub", "view", "ack", "resume", "auth", "typing", "hb")
        if f'data-template="{one}"' not in text
    ] == []


def test_the_playground_connects_as_who_looks():
    assert ">ana</span>" in Web(make_user("ana")).get("/developers/playground/").text
