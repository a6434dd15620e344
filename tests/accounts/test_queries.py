"""Reads of people, sessions and tokens."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password

from accounts import actions, queries
from accounts.models import Session, Token, User
from accounts.people import Person, Profile, Relation
from accounts.viewers import Viewer
from core import clock
from core.problems import Invalid, NotFound
from tests.support.build import make_follow, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db


def make_session(user):
    Web(user)
    return Session.objects.filter(user=user).latest("id")


def names(people):
    return [person.username for person in people]


def test_viewer_by_session_is_its_person():
    ana = make_user("ana", name="Ana", avatar="f00", is_staff=True)
    session = make_session(ana)

    assert queries.viewer_by_session(session.session_key) == Viewer(
        ana.id,
        "ana",
        "Ana",
        "/media/f00/96",
        is_staff=True,
        via="session",
        session_id=session.id,
        expires_at=session.expire_date,
    )


def test_viewer_by_session_in_one_query(django_assert_num_queries):
    session = make_session(make_user("ana"))

    with django_assert_num_queries(1):
        queries.viewer_by_session(session.session_key)


def test_viewer_by_session_is_nobody_after_a_password_change():
    session = make_session(make_user("ana"))

    User.objects.update(password=make_password("another"))

    assert queries.viewer_by_session(session.session_key) is None


def test_viewer_by_session_outlives_a_new_secret_key_with_the_old_as_fallback(settings):
    session = make_session(make_user("ana"))

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new"

    assert queries.viewer_by_session(session.session_key).username == "ana"


def test_viewer_by_session_is_nobody_when_expired():
    session = make_session(make_user("ana"))

    Session.objects.update(expire_date=clock.now())

    assert queries.viewer_by_session(session.session_key) is None


def test_viewer_by_session_is_nobody_when_deactivated():
    session = make_session(make_user("ana"))

    User.objects.update(is_active=False)

    assert queries.viewer_by_session(session.session_key) is None


def test_viewer_by_session_is_nobody_for_the_data_of_another_person():
    """Whoever could write one column must not become somebody else."""
    session = make_session(make_user("ana"))

    Session.objects.update(user=make_user("ben"))

    assert queries.viewer_by_session(session.session_key) is None


def test_viewer_by_session_is_nobody_for_an_unknown_key():
    assert queries.viewer_by_session("x" * 32) is None


def test_viewer_by_session_touches_once_in_five_minutes():
    session = make_session(make_user("ana"))
    long_ago = clock.now() - timedelta(minutes=6)
    just_now = clock.now() - timedelta(minutes=4)

    seen = []
    for moment in (long_ago, just_now):
        Session.objects.update(last_seen_at=moment)
        queries.viewer_by_session(session.session_key)
        seen.append(Session.objects.get().last_seen_at)

    assert (seen[0] > long_ago, seen[1] == just_now) == (True, True)


def test_viewer_by_token_is_its_person():
    ana = make_user("ana")
    new = actions.issue_token(user_id=ana.id)

    assert queries.viewer_by_token(new.token) == Viewer(
        ana.id, "ana", "", "", is_staff=False, via="token", token_id=new.view.id
    )


def test_viewer_by_token_is_nobody_when_deactivated():
    token = actions.make_token(user_id=make_user("ana").id)

    User.objects.update(is_active=False)

    assert queries.viewer_by_token(token) is None


def test_viewer_by_token_notes_its_use():
    token = actions.make_token(user_id=make_user("ana").id)

    queries.viewer_by_token(token)

    assert Token.objects.get().last_used_at is not None


@pytest.mark.parametrize("token", ["", "pho_", "pho_\x00", "é"])
def test_viewer_by_token_is_nobody_for_nonsense(token):
    assert queries.viewer_by_token(token) is None


def test_person_by_username_in_any_case():
    ana = make_user("ana", name="Ana")

    assert queries.person_by_username("ANA", viewer_id=None) == Person(ana.id, "ana", "Ana", "")


def test_person_by_username_of_nobody():
    with pytest.raises(NotFound):
        queries.person_by_username("nobody", viewer_id=None)


def test_person_by_username_of_a_deactivated_person():
    make_user("gone", is_active=False)

    with pytest.raises(NotFound):
        queries.person_by_username("gone", viewer_id=None)


def test_relation_both_ways():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)

    assert queries.relation(ana.id, ben.id) == Relation("yes", followed_by=False)
    assert queries.relation(ben.id, ana.id) == Relation("no", followed_by=True)


def test_profile_as_a_follower_sees_it():
    ana, ben = make_users("ana", "ben")
    User.objects.filter(id=ben.id).update(bio="Light", post_count=2, follower_count=3, following_count=4)
    make_follow(ana, ben)

    assert queries.profile("ben", viewer_id=ana.id) == Profile(
        Person(ben.id, "ben", "", ""), "Light", 2, 3, 4, Relation("yes", followed_by=False), is_self=False
    )


def test_profile_as_a_visitor_sees_it():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)

    assert queries.profile("ben", viewer_id=None).relation == Relation("no", followed_by=False)


def test_profile_of_a_deactivated_person_is_not_there():
    make_user("gone", is_active=False)

    with pytest.raises(NotFound):
        queries.profile("gone", viewer_id=None)


@pytest.mark.parametrize("count", [1, 3])
def test_followers_cost_two_queries(count, django_assert_num_queries):
    ana, *others = make_users("ana", *[f"f{n}" for n in range(count)])
    for other in others:
        make_follow(other, ana)

    with django_assert_num_queries(2):
        people = queries.followers("ana", viewer_id=None)

    assert names(people.page.items) == [f"f{n}" for n in reversed(range(count))]


@pytest.mark.parametrize("count", [1, 3])
def test_following_costs_two_queries(count, django_assert_num_queries):
    ana, *others = make_users("ana", *[f"f{n}" for n in range(count)])
    for other in others:
        make_follow(ana, other)

    with django_assert_num_queries(2):
        people = queries.following("ana", viewer_id=None)

    assert names(people.page.items) == [f"f{n}" for n in reversed(range(count))]


def test_followers_page_after_page():
    ana, *others = make_users("ana", "ben", "chloe", "dan")
    for other in others:
        make_follow(other, ana)

    first = queries.followers("ana", viewer_id=None, limit=2)
    second = queries.followers("ana", viewer_id=None, limit=2, after=first.page.next)

    assert (names(first.page.items), names(second.page.items), second.page.next) == (["dan", "chloe"], ["ben"], None)


def test_followers_without_deactivated_people():
    ana, ben = make_users("ana", "ben")
    gone = make_user("gone", is_active=False)
    make_follow(ben, ana)
    make_follow(gone, ana)

    assert names(queries.followers("ana", viewer_id=None).page.items) == ["ben"]


def test_followers_after_nonsense():
    make_user("ana")

    with pytest.raises(Invalid):
        queries.followers("ana", viewer_id=None, after="nonsense")


def test_suggestions_are_friends_of_friends_first_then_the_newest():
    ana, ben, chloe, dan, _eve, _fred = make_users("ana", "ben", "chloe", "dan", "eve", "fred")
    make_follow(ana, ben)
    make_follow(ana, chloe)
    make_follow(ben, dan)
    make_follow(chloe, dan)

    assert names(queries.suggestions(ana.id)) == ["dan", "fred", "eve"]


def test_suggestions_leave_out_the_deactivated():
    ana = make_user("ana")
    make_user("gone", is_active=False)

    assert queries.suggestions(ana.id) == []


@pytest.mark.parametrize("count", [1, 3])
def test_suggestions_cost_two_queries(count, django_assert_num_queries):
    ana, *others = make_users("ana", *[f"f{n}" for n in range(count)])

    with django_assert_num_queries(2):
        people = queries.suggestions(ana.id)

    assert len(people) == len(others)


def test_sessions_name_the_browser_and_the_current_one():
    ana = make_user("ana")
    session = make_session(ana)
    Session.objects.update(agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36")

    views = queries.sessions(ana.id, current_id=session.id)

    assert [(view.id, view.agent, view.current) for view in views] == [(session.id, "Chrome on Linux", True)]


@pytest.mark.parametrize("count", [1, 3])
def test_sessions_cost_one_query(count, django_assert_num_queries):
    ana = make_user("ana")
    for _ in range(count):
        make_session(ana)

    with django_assert_num_queries(1):
        assert len(queries.sessions(ana.id, current_id=None)) == count


def test_sessions_leave_out_expired_ones_and_other_peoples():
    ana, ben = make_users("ana", "ben")
    make_session(ana)
    Session.objects.update(expire_date=clock.now())
    make_session(ben)

    assert queries.sessions(ana.id, current_id=None) == []


def test_tokens_the_newest_first():
    ana = make_user("ana")
    first = actions.issue_token(user_id=ana.id, name="old")
    second = actions.issue_token(user_id=ana.id, name="new")

    assert queries.tokens(ana.id) == [second.view, first.view]


def test_nobody_has_a_name_that_cannot_be_kept():
    make_user("ben")

    for ask in (queries.person_by_username, queries.open_person, queries.profile):
        with pytest.raises(NotFound):
            ask("ben\0x", viewer_id=None)
