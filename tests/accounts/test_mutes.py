"""Muting: for the muter alone, for a while or until it is lifted, and its undo."""

from datetime import timedelta

import pytest

from accounts import actions, queries
from accounts.actions import mutes
from accounts.models import Mute
from accounts.people import Relation
from content.queries import home_feed
from core import clock
from core.problems import Invalid, NotFound
from events.types import SilenceChanged
from tests.support.build import make_block, make_follow, make_mute, make_post, make_user, make_users
from tests.support.outbox import recorded
from tests.support.web import Web

pytestmark = pytest.mark.django_db

PAST, FUTURE = timedelta(minutes=-1), timedelta(minutes=1)


def in_(time):
    return clock.now() + time


def silence(muter, muted):
    return SilenceChanged(user_id=muter.id, other_id=muted.id)


def feed(user):
    return [card.author.username for card in home_feed(user.id).items]


def test_mute_is_for_the_muter_alone():
    ana, ben = make_users("ana", "ben")

    relation = actions.mute_user(username="ben", actor_id=ana.id)

    assert (relation, queries.relation(ben.id, ana.id)) == (Relation(muting=True), Relation())


def test_mute_of_posts_announces_nothing():
    ana, _ = make_users("ana", "ben")

    actions.mute_user(username="ben", actor_id=ana.id)

    assert recorded() == []


def test_mute_with_notifications_announces_once_and_to_the_muter_alone():
    ana, ben = make_users("ana", "ben")

    for _ in range(2):
        actions.mute_user(username="ben", actor_id=ana.id, notifications=True)

    assert (Mute.objects.count(), recorded()) == (1, [silence(ana, ben)])


def test_mute_again_changes_what_it_hides_and_its_end():
    ana, ben = make_users("ana", "ben")
    make_mute(ana, ben, notifications=True, until=in_(FUTURE))

    actions.mute_user(username="ben", actor_id=ana.id)

    mute = Mute.objects.get()
    assert (mute.notifications, mute.until, recorded()) == (False, None, [silence(ana, ben)])


def test_mute_for_hours_ends_then(monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    ana, _ = make_users("ana", "ben")

    actions.mute_user(username="ben", actor_id=ana.id, hours=24)

    assert Mute.objects.get().until == now + timedelta(hours=24)


@pytest.mark.parametrize("hours", [0, -1, 8_761])
def test_mute_for_hours_out_of_bounds_is_refused(hours):
    ana, _ = make_users("ana", "ben")

    with pytest.raises(Invalid, match="1 to 8760 hours") as refusal:
        actions.mute_user(username="ben", actor_id=ana.id, hours=hours)

    assert (refusal.value.field, Mute.objects.count()) == ("hours", 0)


def test_mute_of_oneself_is_refused():
    ana = make_user("ana")

    with pytest.raises(Invalid):
        actions.mute_user(username="ana", actor_id=ana.id)


def test_mute_of_somebody_who_has_blocked_one_finds_nobody():
    ana, ben = make_users("ana", "ben")
    make_block(ben, ana)

    with pytest.raises(NotFound):
        actions.mute_user(username="ben", actor_id=ana.id)


def test_unmute_is_the_undo():
    ana, ben = make_users("ana", "ben")
    make_mute(ana, ben, notifications=True)

    relations = [actions.unmute_user(username="ben", actor_id=ana.id) for _ in range(2)]

    assert (relations, Mute.objects.count(), recorded()) == ([Relation()] * 2, 0, [silence(ana, ben)])


def test_unmute_leaves_the_mute_of_the_other():
    ana, ben = make_users("ana", "ben")
    make_mute(ben, ana)

    actions.unmute_user(username="ben", actor_id=ana.id)

    assert Mute.objects.count() == 1


@pytest.mark.parametrize(("time", "shown"), [(None, ["eve"]), (FUTURE, ["eve"]), (PAST, ["eve", "ben"])])
def test_the_feed_leaves_the_muted_out_until_their_time_is_over(time, shown):
    ana, ben, eve = make_users("ana", "ben", "eve")
    for author in (ben, eve):
        make_follow(ana, author)
        make_post(author)
    make_mute(ana, ben, until=in_(time) if time else None)
    make_mute(eve, ana)

    assert (feed(ana), feed(ben)) == (shown, ["ben"])


def test_posts_are_not_announced_to_those_who_muted_their_author():
    ana, ben, eve, dan = make_users("ana", "ben", "eve", "dan")
    for fan in (ben, eve, dan):
        make_follow(fan, ana)
    make_mute(ben, ana)
    make_mute(eve, ana, until=in_(PAST))
    make_mute(dan, eve)

    follows = queries.followers_after(ana.id, after=0, limit=10)

    assert [follower_id for _, follower_id in follows] == [eve.id, dan.id]


@pytest.mark.parametrize(("time", "names"), [(FUTURE, []), (PAST, ["ben"])])
def test_suggestions_leave_the_muted_out(time, names):
    ana, ben = make_users("ana", "ben")
    make_mute(ana, ben, until=in_(time))

    assert [person.username for person in queries.suggestions(ana.id)] == names


def test_end_mutes_lifts_those_whose_time_is_over_and_announces_what_they_hid(monkeypatch):
    monkeypatch.setattr(mutes, "BATCH", 2)
    ana, *others = make_users("ana", "ben", "chloe", "dan", "eve", "fay")
    ben, chloe, dan, eve, fay = others
    make_mute(ana, ben, notifications=True, until=in_(3 * PAST))
    make_mute(ana, chloe, until=in_(2 * PAST))
    make_mute(ana, dan, notifications=True, until=in_(PAST))
    make_mute(ana, eve, notifications=True, until=in_(FUTURE))
    make_mute(ana, fay, notifications=True)

    actions.end_mutes()

    left = Mute.objects.order_by("id").values_list("muted__username", flat=True)
    assert (list(left), recorded()) == (["eve", "fay"], [silence(ana, ben), silence(ana, dan)])


def test_mutes_lists_the_latest_first_and_nobody_elses():
    ana, ben, chloe, dan, eve = make_users("ana", "ben", "chloe", "dan", "eve")
    until = in_(FUTURE)
    make_mute(ana, ben, notifications=True)
    make_mute(ana, chloe, until=until)
    make_mute(ana, dan, until=in_(PAST))
    make_mute(ana, eve)
    make_block(eve, ana)
    make_mute(ben, dan)

    first = queries.mutes(ana.id, limit=1)
    second = queries.mutes(ana.id, limit=1, after=first.next)

    shown = [(muted.person.username, muted.notifications, muted.until) for muted in first.items + second.items]
    assert (shown, second.next) == ([("chloe", False, until), ("ben", True, None)], None)


@pytest.mark.parametrize(
    ("read", "make"), [(queries.mutes, make_mute), (queries.blocks, make_block)], ids=["mutes", "blocks"]
)
@pytest.mark.parametrize("number", [1, 3])
def test_lists_of_the_kept_away_cost_one_query(django_assert_num_queries, read, make, number):
    ana, *others = make_users("ana", *(f"other{one}" for one in range(number)))
    for other in others:
        make(ana, other)

    with django_assert_num_queries(1):
        assert len(read(ana.id).items) == number


def test_blocks_lists_the_latest_first_and_nobody_elses():
    ana, ben, chloe = make_users("ana", "ben", "chloe")
    make_block(ana, ben)
    make_block(ana, chloe)
    make_block(ben, chloe)

    assert [person.username for person in queries.blocks(ana.id).items] == ["chloe", "ben"]


@pytest.mark.django_db(transaction=True)
def test_mute_over_rest_and_its_undo():
    ana, _ = make_users("ana", "ben")
    web = Web(ana)

    bare = web.send("PUT", "/api/v1/users/ben/mute", "")
    muted = web.send("PUT", "/api/v1/users/ben/mute", {"notifications": True, "hours": 2})
    listed = web.get("/api/v1/me/mutes").json()["items"]
    lifted = web.send("DELETE", "/api/v1/users/ben/mute")

    relation = {"following": "no", "followed_by": False, "blocking": False}
    assert [bare.json(), muted.json()] == [relation | {"muting": True}] * 2
    assert [(one["username"], one["notifications"], one["until"] is None) for one in listed] == [("ben", True, False)]
    assert (lifted.json(), web.get("/api/v1/me/mutes").json()) == (
        relation | {"muting": False},
        {"items": [], "next": None},
    )
