"""Suspension and deletion: hidden everywhere, signed out everywhere, and undone."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from accounts import actions, policies, queries
from accounts.actions import standing
from accounts.models import Session, Token, User
from core import clock
from core.problems import Invalid, NotFound
from events.types import UserDeleted, UserReturned, UserSuspended
from tests.support.build import make_user, make_users
from tests.support.outbox import forget, recorded
from tests.support.web import Web

pytestmark = pytest.mark.django_db


def test_suspend_hides_and_signs_out():
    ana, ben = make_users("ana", "ben")
    Web(ana)
    token = actions.make_token(user_id=ana.id)

    changed = actions.suspend_user(username="ANA", reason="spam")

    ana.refresh_from_db()
    assert (changed, ana.is_active, ana.suspension_reason, Session.objects.count()) == (True, False, "spam", 0)
    known = User.objects.filter(policies.known_to(ben.id), id=ana.id)
    assert (known.exists(), queries.viewer_by_token(token)) == (False, None)
    assert recorded() == [UserSuspended(user_id=ana.id)]


def test_suspend_twice_announces_once():
    make_user("ana")

    assert [actions.suspend_user(username="ana") for _ in range(2)] == [True, False]
    assert len(recorded()) == 1


def test_unsuspend_is_the_undo():
    ana = make_user("ana")
    token = actions.make_token(user_id=ana.id)
    actions.suspend_user(username="ana", reason="spam")
    forget()

    changes = [actions.unsuspend_user(username="ana") for _ in range(2)]

    ana.refresh_from_db()
    assert (changes, ana.is_active, ana.suspended_at, ana.suspension_reason) == ([True, False], True, None, "")
    assert (queries.viewer_by_token(token).id, recorded()) == (ana.id, [UserReturned(user_id=ana.id)])


@pytest.mark.parametrize("until", [-1, 0, 3_651 * 86_400])
def test_a_suspension_ends_neither_before_now_nor_after_ten_years(until):
    make_user("ana")

    with pytest.raises(Invalid) as refusal:
        actions.suspend_user(username="ana", until=clock.now() + timedelta(seconds=until))

    assert (refusal.value.field, recorded()) == ("until", [])


def test_end_suspensions_lifts_those_whose_time_is_over(monkeypatch):
    monkeypatch.setattr(standing, "BATCH", 2)
    over = [suspended(name, seconds=-1) for name in ("ana", "ben", "chloe")]
    suspended("dan", seconds=60)
    suspended("eve", seconds=None)

    actions.end_suspensions()

    left = User.objects.filter(is_active=False).order_by("username").values_list("username", flat=True)
    assert (list(left), recorded()) == (["dan", "eve"], [UserReturned(user_id=user.id) for user in over])
    assert (
        User.objects.filter(is_active=True, suspended_at=None, suspended_until=None, suspension_reason="").count() == 3
    )


def test_the_end_of_a_suspension_keeps_nobody_from_their_deletion():
    ana = suspended("ana", seconds=-1)
    User.objects.update(deleted_at=clock.now())

    actions.end_suspensions()

    ana.refresh_from_db()
    assert (ana.suspended_at, ana.is_active) == (None, False)


def suspended(username, *, seconds):
    until = clock.now() + timedelta(seconds=seconds) if seconds else None
    fields = {"suspended_at": clock.now(), "suspended_until": until, "suspension_reason": "spam"}
    return make_user(username, is_active=False, **fields)


def test_suspended_people_cannot_sign_in():
    make_user("ana", password="correct horse")
    actions.suspend_user(username="ana")

    web = Web()
    web.post("/accounts/login/", {"login": "ana", "password": "correct horse"})

    assert (Session.objects.filter(user__isnull=False).count(), web.get("/settings/").status_code) == (0, 302)


def test_delete_account_hides_signs_out_and_revokes():
    ana = make_user("ana", password="correct horse")
    Web(ana)
    actions.make_token(user_id=ana.id)

    actions.delete_account(user_id=ana.id, password="correct horse")

    ana.refresh_from_db()
    assert (ana.is_active, ana.deleted_at is not None) == (False, True)
    assert (Session.objects.count(), Token.objects.count(), recorded()) == (0, 0, [UserDeleted(user_id=ana.id)])


def test_delete_account_needs_the_password():
    ana = make_user("ana", password="correct horse")

    with pytest.raises(Invalid) as refusal:
        actions.delete_account(user_id=ana.id, password="wrong")

    ana.refresh_from_db()
    assert (refusal.value.field, ana.is_active, recorded()) == ("password", True, [])


def test_delete_account_again_is_of_nobody():
    ana = make_user("ana", password="correct horse")
    actions.delete_account(user_id=ana.id, password="correct horse")

    with pytest.raises(NotFound):
        actions.delete_account(user_id=ana.id, password="correct horse")


def test_restore_account_is_the_undo():
    ana = make_user("ana", password="correct horse")
    actions.delete_account(user_id=ana.id, password="correct horse")
    forget()

    changes = [actions.restore_account(username="ana") for _ in range(2)]

    ana.refresh_from_db()
    assert (changes, ana.is_active, recorded()) == ([True, False], True, [UserReturned(user_id=ana.id)])


def test_restore_account_after_the_grace_is_too_late():
    deleted(make_user("ana"), days=30)

    assert (actions.restore_account(username="ana"), recorded()) == (False, [])


@pytest.mark.django_db(transaction=True)
def test_signing_in_within_the_grace_brings_the_account_back():
    ana = deleted(make_user("ana", password="correct horse"), days=29)
    web = Web()

    log_in(web)

    assert (web.get("/api/v1/me").json()["username"], recorded()) == ("ana", [UserReturned(user_id=ana.id)])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("why", ["password", "suspended", "late"])
def test_signing_in_does_not_bring_back(why):
    deleted(make_user("ana", password="correct horse"), days=30 if why == "late" else 29)
    if why == "suspended":
        User.objects.update(suspended_at=clock.now())
    web = Web()

    log_in(web, password="wrong" if why == "password" else "correct horse")

    assert (web.get("/api/v1/me").status_code, User.objects.get().is_active, recorded()) == (401, False, [])


@pytest.mark.parametrize("undo", [actions.unsuspend_user, actions.restore_account])
def test_one_undo_does_not_undo_the_other(undo):
    ana = make_user("ana", password="correct horse")
    actions.delete_account(user_id=ana.id, password="correct horse")
    actions.suspend_user(username="ana")

    undo(username="ana")

    assert User.objects.get().is_active is False


def test_suspend_command(capsys):
    ana = make_user("ana")

    call_command("suspend", "ana", "--reason", "spam")
    call_command("suspend", "ana")
    call_command("suspend", "ana", "--undo")

    ana.refresh_from_db()
    assert capsys.readouterr().out.splitlines() == [
        "ana is suspended.",
        "Nothing changed: ana was suspended already.",
        "ana is no longer suspended.",
    ]
    assert ana.is_active is True


def test_suspend_command_dry_run_changes_nothing(capsys):
    make_user("ana")

    call_command("suspend", "ana", "--dry-run", "--json")

    assert capsys.readouterr().out == '{"username": "ana", "suspended": true, "changed": true, "dry_run": true}\n'
    assert (User.objects.get().suspended_at, recorded()) == (None, [])


def test_suspend_command_of_nobody():
    with pytest.raises(CommandError):
        call_command("suspend", "nobody")


def deleted(user, *, days):
    User.objects.filter(id=user.id).update(is_active=False, deleted_at=clock.now() - timedelta(days=days))
    return user


def log_in(web, password="correct horse"):
    cache.clear()  # the limit on failed log-ins
    return web.post("/accounts/login/", {"login": "ana", "password": password})
