"""Whatever ends a session or a token says so, by every way it can go."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from accounts import actions
from accounts.models import Session, Token
from accounts.sessions import SessionStore
from core import clock
from events.types import PasswordChanged, SessionEnded, TokenRevoked
from tests.support.build import make_user, make_users
from tests.support.outbox import recorded
from tests.support.web import Web

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_user("ana", password="correct horse")


def session_of(user):
    Web(user)
    return Session.objects.filter(user=user).latest("id")


def ended(session, reason="ended"):
    return SessionEnded(session_id=session.id, user_id=session.user_id, reason=reason)


@pytest.mark.django_db(transaction=True)
def test_logging_out_says_signed_out(ana):
    web = Web(ana)
    session = Session.objects.get()

    web.post("/accounts/logout/")

    assert (recorded(), Session.objects.filter(user=ana).count()) == ([ended(session, "signed_out")], 0)


def test_end_session(ana):
    session = session_of(ana)

    actions.end_session(user_id=ana.id, session_id=session.id)

    assert recorded() == [ended(session)]


def test_end_other_sessions(ana):
    first, second, kept = (session_of(ana) for _ in range(3))

    actions.end_other_sessions(user_id=ana.id, keep_id=kept.id)

    assert sorted(event.session_id for event in recorded()) == [first.id, second.id]


def test_deleting_rows_in_bulk_says_so(ana):
    sessions = [session_of(person) for person in (ana, make_user("ben"))]

    Session.objects.all().delete()

    assert sorted(recorded(), key=lambda event: event.session_id) == [ended(session) for session in sessions]


def test_deleting_one_row_says_so(ana):
    session = session_of(ana)

    session.delete()

    assert (recorded(), Session.objects.count()) == ([ended(session)], 0)


def test_flushing_a_session_says_signed_out(ana):
    session = session_of(ana)

    SessionStore(session.session_key).flush()

    assert recorded() == [ended(session, "signed_out")]


def test_a_session_under_a_new_key_says_renewed(ana):
    session = session_of(ana)
    store = SessionStore(session.session_key)

    store.cycle_key()
    store.save()

    assert recorded() == [ended(session, "renewed")]
    assert list(Session.objects.values_list("session_key", "user_id")) == [(store.session_key, ana.id)]


def test_sessions_of_nobody_and_expired_ones_end_in_silence(ana):
    session_of(ana)
    Session.objects.update(expire_date=clock.now())
    SessionStore().create()

    call_command("clearsessions")
    Session.objects.all().delete()

    assert (recorded(), Session.objects.count()) == ([], 0)


def test_revoking_a_token_says_so(ana):
    token = actions.issue_token(user_id=ana.id).view

    actions.revoke_token(user_id=ana.id, token_id=token.id)

    assert recorded() == [TokenRevoked(token_id=token.id, user_id=ana.id)]


def test_deleting_tokens_in_bulk_says_so():
    people = make_users("ana", "ben")
    tokens = [actions.issue_token(user_id=person.id).view.id for person in people]

    Token.objects.all().delete()

    assert sorted(event.token_id for event in recorded()) == tokens


@pytest.mark.django_db(transaction=True)
def test_changing_the_password_ends_the_other_sessions_and_renews_this_one(ana):
    there, here = Web(ana), Web(ana)
    present = Session.objects.latest("id")
    token = actions.issue_token(user_id=ana.id).view.id

    here.post(
        "/accounts/password/change/",
        {"oldpassword": "correct horse", "password1": "battery staple 9", "password2": "battery staple 9"},
    )

    assert recorded() == [PasswordChanged(user_id=ana.id, keep_id=present.id), ended(present, "renewed")]
    assert (here.get("/settings/").status_code, there.get("/settings/").status_code) == (200, 302)
    assert list(Token.objects.values_list("id", flat=True)) == [token]


def test_resetting_the_password_ends_every_session(ana):
    session_of(ana)

    actions.change_password(user=ana, password="battery staple 9", keep_key=None)

    assert (recorded(), Session.objects.count()) == ([PasswordChanged(user_id=ana.id)], 0)


def test_the_key_of_another_person_keeps_no_session(ana):
    session_of(ana)
    ben = session_of(make_user("ben"))

    actions.change_password(user=get_user_model().objects.get(id=ana.id), password="x", keep_key=ben.session_key)

    assert recorded() == [PasswordChanged(user_id=ana.id)]
