"""What people do to their account and to each other."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from accounts import actions, queries
from accounts.models import Follow, Session, Token, User
from accounts.people import Relation
from core.problems import Invalid, NotFound
from events import types
from events.models import OutboxRow
from tests.support.build import make_follow, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db


def recorded():
    return [types.decode(row.event) for row in OutboxRow.objects.order_by("id")]


def test_follow_user_makes_the_fact():
    ana, ben = make_users("ana", "ben")

    relation = actions.follow_user(username="ben", actor_id=ana.id)

    assert relation == Relation("yes", followed_by=False)
    assert list(Follow.objects.values_list("follower_id", "followee_id")) == [(ana.id, ben.id)]


def test_follow_user_records_the_event_with_its_mutation():
    ana, ben = make_users("ana", "ben")

    actions.follow_user(username="ben", actor_id=ana.id, mut="m1")

    assert recorded() == [types.UserFollowed(follower_id=ana.id, followee_id=ben.id, mut="m1")]


def test_follow_user_twice_announces_once():
    ana, ben = make_users("ana", "ben")

    actions.follow_user(username="ben", actor_id=ana.id)
    actions.follow_user(username="ben", actor_id=ana.id)

    assert recorded() == [types.UserFollowed(follower_id=ana.id, followee_id=ben.id)]


@pytest.mark.django_db(transaction=True)
def test_follow_user_from_eight_devices_at_once_announces_once():
    ana, ben = make_users("ana", "ben")

    def follow(_):
        try:
            return actions.follow_user(username="ben", actor_id=ana.id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        relations = list(threads.map(follow, range(8)))

    assert relations == [Relation("yes", followed_by=False)] * 8
    assert recorded() == [types.UserFollowed(follower_id=ana.id, followee_id=ben.id)]


def test_follow_user_leaves_the_counts_to_the_drain():
    ana, _ben = make_users("ana", "ben")

    actions.follow_user(username="ben", actor_id=ana.id)

    assert list(User.objects.values_list("follower_count", "following_count")) == [(0, 0), (0, 0)]


def test_follow_user_tells_that_the_other_follows_back():
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)

    assert actions.follow_user(username="ben", actor_id=ana.id) == Relation("yes", followed_by=True)


def test_follow_oneself_is_refused():
    ana = make_user("ana")

    with pytest.raises(Invalid, match="You cannot follow yourself"):
        actions.follow_user(username="ana", actor_id=ana.id)


def test_follow_of_a_deactivated_person_finds_nobody():
    ana = make_user("ana")
    make_user("gone", is_active=False)

    with pytest.raises(NotFound):
        actions.follow_user(username="gone", actor_id=ana.id)


def test_unfollow_user_takes_the_fact_back():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)

    relation = actions.unfollow_user(username="ben", actor_id=ana.id, mut="m2")

    assert relation == Relation("no", followed_by=False)
    assert recorded() == [types.UserUnfollowed(follower_id=ana.id, followee_id=ben.id, mut="m2")]
    assert Follow.objects.count() == 0


def test_unfollow_without_a_follow_announces_nothing():
    ana, _ben = make_users("ana", "ben")

    actions.unfollow_user(username="ben", actor_id=ana.id)

    assert recorded() == []


def test_update_profile_changes_what_is_given():
    ana = make_user("ana", name="Ana", bio="Old")

    profile = actions.update_profile(user_id=ana.id, bio="  New\r\nlines ")

    assert (profile.person.name, profile.bio) == ("Ana", "New\nlines")


def test_update_profile_makes_the_name_one_line():
    ana = make_user("ana")

    assert actions.update_profile(user_id=ana.id, name=" Ana \n Sofia ").person.name == "Ana Sofia"


def test_update_profile_keeps_joined_emoji():
    ana = make_user("ana")
    family = "\U0001f469\u200d\U0001f467"

    assert actions.update_profile(user_id=ana.id, name=family).person.name == family


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", "x" * 61), ("bio", "x" * 501), ("bio", "a\x00b"), ("name", "\u202eana")],
    ids=["long name", "long bio", "zero byte", "direction override"],
)
def test_update_profile_refuses_and_names_the_field(field, text):
    ana = make_user("ana")

    with pytest.raises(Invalid) as refusal:
        actions.update_profile(user_id=ana.id, **{field: text})

    assert refusal.value.field == field


def test_make_token_has_the_prefix_and_43_characters():
    token = actions.make_token(user_id=make_user("ana").id, name="laptop")

    assert re.fullmatch(r"pho_[A-Za-z0-9_-]{43}", token)


def test_make_token_keeps_only_the_digest():
    token = actions.make_token(user_id=make_user("ana").id, name="laptop")

    row = Token.objects.get()
    assert (row.name, bytes(row.digest)) == ("laptop", queries.digest_of(token))


def test_revoke_token_makes_it_worthless():
    ana = make_user("ana")
    new = actions.issue_token(user_id=ana.id)

    actions.revoke_token(user_id=ana.id, token_id=new.view.id)

    assert queries.viewer_by_token(new.token) is None


def test_revoke_token_of_another_person_finds_nothing():
    ana, ben = make_users("ana", "ben")
    new = actions.issue_token(user_id=ana.id)

    with pytest.raises(NotFound):
        actions.revoke_token(user_id=ben.id, token_id=new.view.id)

    assert queries.viewer_by_token(new.token).username == "ana"


def test_end_session_signs_out():
    ana = make_user("ana")
    Web(ana)
    session = Session.objects.get()

    actions.end_session(user_id=ana.id, session_id=session.id)

    assert queries.viewer_by_session(session.session_key) is None


def test_end_session_of_another_person_finds_nothing():
    ana, ben = make_users("ana", "ben")
    Web(ana)
    session = Session.objects.get()

    with pytest.raises(NotFound):
        actions.end_session(user_id=ben.id, session_id=session.id)

    assert queries.viewer_by_session(session.session_key).username == "ana"


def test_end_other_sessions_keeps_one_and_those_of_others():
    ana, ben = make_users("ana", "ben")
    for user in (ana, ana, ana, ben):
        Web(user)
    kept = Session.objects.filter(user=ana).latest("id")

    ended = actions.end_other_sessions(user_id=ana.id, keep_id=kept.id)

    assert ended == 2
    assert sorted(Session.objects.values_list("user__username", flat=True)) == ["ana", "ben"]


def test_set_avatar_shows_in_the_card():
    ana = make_user("ana")

    actions.set_avatar(user_id=ana.id, folder="f00")

    assert queries.person_by_username("ana", viewer_id=None).avatar_url == "/media/f00/96"
