"""Who is staff: made so, and no longer so."""

import pytest
from django.core.management import CommandError, call_command

from accounts import actions
from accounts.models import User
from core.problems import NotFound
from events.types import StaffRevoked
from tests.support.build import make_user
from tests.support.outbox import recorded

pytestmark = pytest.mark.django_db


def test_grant_staff_is_done_once_and_opens_nothing_by_itself():
    make_user("ana")

    changes = [actions.grant_staff(username="Ana") for _ in range(2)]

    assert (changes, User.objects.get().is_staff, recorded()) == ([True, False], True, [])


def test_revoke_staff_is_the_undo_and_announced_once():
    ana = make_user("ana", is_staff=True)

    changes = [actions.revoke_staff(username="ana") for _ in range(2)]

    assert (changes, User.objects.get().is_staff) == ([True, False], False)
    assert recorded() == [StaffRevoked(user_id=ana.id)]


def test_nobody_is_made_staff():
    with pytest.raises(NotFound):
        actions.grant_staff(username="nobody")


def test_staff_command(capsys):
    make_user("ana")

    for options in (["--dry-run"], [], [], ["--undo"], ["--undo"]):
        call_command("staff", "ana", *options)

    assert capsys.readouterr().out.splitlines() == [
        "ana would be staff.",
        "ana is staff.",
        "Nothing changed: ana was staff already.",
        "ana is staff no longer.",
        "Nothing changed: ana was not staff.",
    ]


def test_staff_command_of_nobody():
    with pytest.raises(CommandError):
        call_command("staff", "nobody")
