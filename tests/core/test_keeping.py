"""Pages and parts of pages that are kept show what they were given, and each reader's own token."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.timesince import timesince

from accounts.models import User
from accounts.recognized import recognized
from content.models import Post
from core import clock, keeping
from core.cursors import Page
from core.ids import created_at
from ops.maintenance import Notice
from tests.support.build import make_follow, make_like, make_post, make_user, make_users
from tests.support.web import PLAIN_STATIC, Web

LIKE = "{% load kept %}{% kept 'content/_like_button.html' post=post request=request since=since %}"
TOKEN = re.compile(r'csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _nothing_kept():
    keeping._part.cache_clear()
    keeping._page.cache_clear()


@dataclass(frozen=True)
class Shown:
    id: int = 1
    liked: bool = False


def render(address="/", since=None, **post):
    request = RequestFactory().get(address)
    return Template(LIKE).render(RequestContext(request, {"post": Shown(**post), "since": since}))


def renderings():
    return keeping._part.cache_info().misses


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

    assert (one == two, keeping._MARK in render(), len(one)) == (False, False, 64)


def test_each_language_is_kept_apart():
    with translation.override("de"):
        german = render()

    assert ("Gefällt mir" in german, "Gefällt mir" in render()) == (True, False)


def test_a_part_sees_nothing_that_it_was_not_given():
    request = RequestFactory().get("/")
    request.viewer = "secret"
    page = Template("{% load kept %}{% kept 'accounts/_avatar.html' size='m' %}")

    assert "secret" not in page.render(RequestContext(request, {"person": {"username": "secret", "id": 1}}))


def test_what_can_change_is_no_value():
    page = Template("{% load kept %}{% kept 'accounts/_avatar.html' person=person %}")

    with pytest.raises(TypeError, match="unhashable"):
        page.render(RequestContext(RequestFactory().get("/"), {"person": {"username": "ana", "id": 1}}))


def test_of_the_request_it_sees_the_place_alone():
    place = keeping.Place("/", "a=1")

    assert (set(keeping.Place.__dataclass_fields__), place.GET) == ({"path", "query"}, QueryDict("a=1"))


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
        monkeypatch.setattr(keeping.time, "time", now.timestamp)
        render(since=moment)

    assert renderings() == 1 + anew


@pytest.mark.parametrize("age", [timedelta(minutes=m) for m in (0, 59, 61)] + [timedelta(days=d) for d in (1, 8, 40)])
@pytest.mark.parametrize("unit", [timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)])
def test_what_is_kept_under_an_age_says_the_same_of_it(monkeypatch, age, unit):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    said = defaultdict(set)
    for step in range(60):
        now = moment + age + step * unit / 7
        monkeypatch.setattr(keeping.time, "time", now.timestamp)
        said[keeping._age(moment)].add(timesince(moment, now))

    assert {len(texts) for texts in said.values()} == {1}


def test_what_tells_no_age_is_kept(monkeypatch):
    render()
    monkeypatch.setattr(keeping.time, "time", lambda: 10**9)
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


def front(web):
    """The front page as somebody has it, without their token; and how often one was rendered until now."""
    return TOKEN.sub("", web.get("/").content.decode()), keeping._page.cache_info().misses


@pytest.mark.django_db(transaction=True)
def test_a_page_of_which_nothing_has_changed_is_rendered_once():
    ana = make_user("ana")
    make_post(ana)
    web = Web(ana)
    (first, _), (second, rendered) = front(web), front(web)

    assert (first == second, "post-card" in second, rendered) == (True, True, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("later", "rendered"), [(0, 1), (60, 2)])
def test_a_page_is_rendered_anew_when_a_post_has_become_older(monkeypatch, later, rendered):
    ana = make_user("ana")
    created = created_at(make_post(ana).id).timestamp()
    web = Web(ana)
    for now in (created + 1, created + 1 + later):
        monkeypatch.setattr(keeping.time, "time", lambda now=now: now)
        web.get("/")

    assert keeping._page.cache_info().misses == rendered


@pytest.mark.django_db(transaction=True)
def test_each_copy_of_a_page_has_a_token_of_its_own():
    ana = make_user("ana")
    make_post(ana)
    one, two = (TOKEN.findall(Web(ana).get("/").content.decode()) for _ in range(2))

    assert (len(set(one)), len(set(two)), one[0] == two[0], keeping._MARK in one + two) == (1, 1, False, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [
        lambda ana, ben: Post.objects.update(caption="Dusk"),
        lambda ana, ben: make_like(Post.objects.get(), ana),
        lambda ana, ben: User.objects.filter(id=ana.id).update(is_staff=True),
        lambda ana, ben: make_user("eve"),
    ],
    ids=["a caption", "a like", "the viewer", "a suggestion"],
)
def test_a_page_that_shows_something_else_is_rendered_anew(change):
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    make_post(ben)
    web = Web(ana)
    before, _ = front(web)
    change(ana, ben)
    recognized.clear()
    after, rendered = front(web)

    assert (before == after, rendered) == (False, 2)


@pytest.mark.django_db(transaction=True)
def test_a_page_with_a_message_is_not_kept():
    ana = make_user("ana")
    web = Web(ana)
    post = make_post(ana)
    web.post(f"/p/{post.id}/delete/")
    pages = [web.get("/").content.decode() for _ in range(2)]

    assert ["The post is deleted" in page for page in pages] == [True, False]


@pytest.mark.django_db
def test_a_page_under_maintenance_is_not_kept():
    request = RequestFactory().get("/")
    request.viewer, request.maintenance = None, Notice(clock.now(), None, "New disks.")
    with PLAIN_STATIC:
        page = keeping.page(request, "home.html", {"page": Page([]), "suggestions": ()}, since=[]).content.decode()

    assert ("New disks." in page, keeping._page.cache_info().currsize) == (True, 0)
