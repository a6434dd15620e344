"""Parts of pages that are kept show what they were given, and each reader's own token."""

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.timesince import timesince

from core.templatetags import kept as module
from tests.support.build import make_follow, make_like, make_post, make_users
from tests.support.web import Web

LIKE = "{% load kept %}{% kept 'content/_like_button.html' post=post request=request since=since %}"
TOKEN = re.compile(r'csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _nothing_kept():
    module._rendered.cache_clear()


def render(address="/", since=None, **post):
    request = RequestFactory().get(address)
    return Template(LIKE).render(RequestContext(request, {"post": {"id": 1, "liked": False} | post, "since": since}))


def renderings():
    return module._rendered.cache_info().misses


def test_the_same_is_rendered_once():
    assert (TOKEN.sub("", render()) == TOKEN.sub("", render()), renderings()) == (True, 1)


def test_what_differs_is_rendered_anew():
    hearts = ['aria-pressed="true"' in render(liked=liked) for liked in (False, True, False)]

    assert (hearts, renderings()) == ([False, True, False], 2)


def test_a_form_returns_to_the_page_that_it_is_on():
    homes = [re.search(r'name="next" value="([^"]*)"', render(address))[1] for address in ("/", "/@ana/?after=x")]

    assert homes == ["/", "/@ana/?after=x"]


def test_each_reader_has_a_token_of_their_own():
    one, two = TOKEN.findall(render() + render())

    assert (one == two, module._MARK in render(), len(one)) == (False, False, 64)


def test_each_language_is_kept_apart():
    with translation.override("de"):
        german = render()

    assert ("Gefällt mir" in german, "Gefällt mir" in render()) == (True, False)


def test_a_part_sees_nothing_that_it_was_not_given():
    request = RequestFactory().get("/")
    request.viewer = "secret"
    page = Template("{% load kept %}{% kept 'accounts/_avatar.html' size='m' %}")

    assert "secret" not in page.render(RequestContext(request, {"person": {"username": "secret", "id": 1}}))


def test_of_the_request_it_sees_the_place_alone():
    assert set(module.Place.__dataclass_fields__) == {"path", "GET"}
    assert repr(module.Place("/", QueryDict("a=1"))) == "Place(path='/', GET=<QueryDict: {'a': ['1']}>)"


@pytest.mark.parametrize(
    ("age", "later", "anew"),
    [
        (timedelta(seconds=30), timedelta(seconds=29), False),
        (timedelta(seconds=30), timedelta(seconds=31), True),
        (timedelta(hours=30), timedelta(minutes=59), False),
        (timedelta(hours=30), timedelta(minutes=61), True),
        (timedelta(days=30, hours=1), timedelta(hours=22), False),
        (timedelta(days=30, hours=1), timedelta(hours=24), True),
    ],
)
def test_what_tells_an_age_is_rendered_anew_when_the_words_change(monkeypatch, age, later, anew):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for now in (moment + age, moment + age + later):
        monkeypatch.setattr(module.time, "time", now.timestamp)
        render(since=moment)

    assert renderings() == 1 + anew


@pytest.mark.parametrize("age", [timedelta(minutes=m) for m in (0, 59, 61)] + [timedelta(days=d) for d in (1, 8, 40)])
@pytest.mark.parametrize("unit", [timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)])
def test_what_is_kept_under_an_age_says_the_same_of_it(monkeypatch, age, unit):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    said = defaultdict(set)
    for step in range(60):
        now = moment + age + step * unit / 7
        monkeypatch.setattr(module.time, "time", now.timestamp)
        said[module._age(moment)].add(timesince(moment, now))

    assert {len(texts) for texts in said.values()} == {1}


def test_what_tells_no_age_is_kept(monkeypatch):
    render()
    monkeypatch.setattr(module.time, "time", lambda: 10**9)
    render()

    assert renderings() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_see_one_post_each_see_their_own_heart():
    ana, ben, chloe = make_users("ana", "ben", "chloe")
    make_follow(ben, ana)
    make_follow(chloe, ana)
    make_like(make_post(ana), ben)

    pages = [Web(person).get("/").content.decode() for person in (ben, chloe)]

    assert [page.count('data-liked="true"') for page in pages] == [1, 0]
