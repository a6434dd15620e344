"""Who is behind many credentials at once, and whether they still hold."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password

from accounts import actions, queries
from accounts.models import Session, Token, User
from core import clock
from tests.support.build import make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db


def make_session(user):
    Web(user)
    return Session.objects.filter(user=user).latest("id")


@pytest.mark.parametrize("count", [1, 3])
def test_viewers_by_credentials_in_two_queries(django_assert_num_queries, count):
    people = [make_user(f"p{number}") for number in range(count)]
    keys = [make_session(person).session_key for person in people]
    tokens = [actions.make_token(user_id=person.id) for person in people]
    Token.objects.update(last_used_at=clock.now())

    with django_assert_num_queries(2):
        by_session, by_token = queries.viewers_by_credentials(keys, tokens)

    assert [by_session[key].id for key in keys] == [person.id for person in people]
    assert [by_token[token].id for token in tokens] == [person.id for person in people]


@pytest.mark.parametrize("count", [1, 3])
def test_viewers_by_credentials_marks_those_not_seen_lately_in_two_more(django_assert_num_queries, count):
    people = [make_user(f"p{number}") for number in range(count)]
    keys = [make_session(person).session_key for person in people]
    tokens = [actions.make_token(user_id=person.id) for person in people]
    Session.objects.update(last_seen_at=clock.now() - timedelta(hours=1))

    with django_assert_num_queries(4):
        queries.viewers_by_credentials(keys, tokens)


def test_viewers_by_credentials_leaves_out_what_proves_nobody():
    ana, ben = make_user("ana"), make_user("ben")
    good, ended = make_session(ana), make_session(ben)
    Session.objects.filter(id=ended.id).update(expire_date=clock.now())

    by_session, by_token = queries.viewers_by_credentials([good.session_key, ended.session_key, ""], ["pho_no", ""])

    assert ({key: viewer.id for key, viewer in by_session.items()}, by_token) == ({good.session_key: ana.id}, {})


def test_a_session_viewer_knows_when_it_ends_and_a_token_has_no_end():
    ana = make_user("ana")
    session, token = make_session(ana), actions.make_token(user_id=ana.id)

    by_session, by_token = queries.viewers_by_credentials([session.session_key], [token])

    assert by_session[session.session_key].expires_at == session.expire_date
    assert by_token[token].expires_at is None


@pytest.mark.parametrize("count", [1, 3])
def test_still_valid_in_three_queries(django_assert_num_queries, count):
    people = [make_user(f"p{number}") for number in range(count)]
    sessions = {make_session(person).id for person in people}
    tokens = {actions.issue_token(user_id=person.id).view.id for person in people}

    with django_assert_num_queries(3):
        valid = queries.still_valid(sessions, tokens, [person.id for person in people])

    assert valid == queries.StillValid(frozenset(sessions), frozenset(tokens), frozenset(p.id for p in people))


def test_still_valid_of_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        valid = queries.still_valid([], [], [])

    assert valid == queries.StillValid(frozenset(), frozenset(), frozenset())


def test_still_valid_leaves_out_what_ended():
    ana = make_user("ana")
    session, token = make_session(ana), actions.issue_token(user_id=ana.id).view
    Session.objects.all().delete()
    actions.revoke_token(user_id=ana.id, token_id=token.id)

    valid = queries.still_valid([session.id], [token.id], [ana.id])

    assert valid == queries.StillValid(frozenset(), frozenset(), frozenset({ana.id}))


def test_still_valid_leaves_out_an_expired_session():
    session = make_session(make_user("ana"))
    Session.objects.update(expire_date=clock.now())

    assert queries.still_valid([session.id], [], []).session_ids == frozenset()


def test_still_valid_leaves_out_sessions_of_an_older_password():
    session = make_session(make_user("ana"))
    User.objects.update(password=make_password("another"))

    assert queries.still_valid([session.id], [], []).session_ids == frozenset()


def test_still_valid_leaves_out_all_of_an_inactive_person():
    ana = make_user("ana")
    session, token = make_session(ana), actions.issue_token(user_id=ana.id).view
    User.objects.update(is_active=False)

    valid = queries.still_valid([session.id], [token.id], [ana.id])

    assert valid == queries.StillValid(frozenset(), frozenset(), frozenset())
