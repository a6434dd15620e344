"""Notifications over REST, and their pages: what was seen and read, and what one wants to hear of."""

import pytest

from core import clock
from events.outbox import Waiting
from events.types import PostLiked
from notifications import groups
from notifications.models import Group, Kind, Senders
from notifications.queries import preferences
from tests.support.build import make_post, make_preference, make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

PREFERENCES = "/api/v1/notifications/preferences"
EVERYONE = dict.fromkeys(Kind.values, "everyone")


@pytest.fixture
def ana():
    return make_user("ana")


def test_preferences_are_put_and_read(ana):
    web = Web(ana, token=True)

    answer = web.send("PUT", PREFERENCES, {"like": "following", "mention": "nobody"})

    wanted = EVERYONE | {"like": "following", "mention": "nobody"}
    assert (answer.status_code, answer.json(), web.get(PREFERENCES).json()) == (200, wanted, wanted)


def test_a_kind_that_is_left_out_stays(ana):
    make_preference(ana, "like", "nobody")

    answer = Web(ana, token=True).send("PUT", PREFERENCES, {"reply": "nobody"})

    assert answer.json() == EVERYONE | {"like": "nobody", "reply": "nobody"}


@pytest.mark.parametrize("body", [{"like": "friends"}, {"likes": "nobody"}, {"like": True}])
def test_what_is_no_kind_or_no_class_of_senders_is_refused(ana, body):
    assert Web(ana, token=True).send("PUT", PREFERENCES, body).status_code == 422


def test_the_settings_page_saves_what_it_shows(ana):
    web = Web(ana)

    web.post("/settings/notifications/", {"like": "nobody", "follow": "strangers", "other": "nobody"})

    assert preferences(ana.id) == dict.fromkeys(Kind, Senders.EVERYONE) | {Kind.LIKE: Senders.NOBODY}
    page = web.get("/settings/notifications/").content.decode()
    assert (page.count('<option value="nobody" selected>'), page.count("<select")) == (1, len(Kind))


def test_a_post_is_muted_and_unmuted(ana):
    web, address = Web(ana, token=True), f"/api/v1/posts/{make_post(ana).id}/mute"

    answers = [web.send(method, address) for method in ("GET", "PUT", "GET", "DELETE", "GET")]

    assert [answer.json()["muted"] for answer in answers] == [False, True, True, False, False]


def test_what_was_seen_is_said_apart_from_what_was_read(ana):
    post, ben, web = make_post(ana), make_user("ben"), Web(ana, token=True)
    liked = PostLiked(post_id=post.id, author_id=ana.id, actor_id=ben.id)
    groups.apply([Waiting(0, liked, clock.now())])
    id = str(Group.objects.get().id)

    marked = web.send("POST", "/api/v1/notifications/seen", {"ids": [id]}).json()

    (item,) = web.get("/api/v1/notifications").json()["items"]
    badge = web.get("/api/v1/notifications/unread").json()["count"]
    assert (marked, item["seen"], item["read"], badge) == ({"ids": [id]}, True, False, 0)
