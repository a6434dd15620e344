"""The record of what operators did: as they were called then, and for good."""

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.viewers import Viewer
from ops import audit
from ops.models import AuditEntry
from tests.support.build import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    ana = make_user("ana", is_staff=True)
    audit.record(Viewer(ana.id, "ana", "Ana", "", is_staff=True, via="session"), "drain", "node web-1", "A deploy.")
    return AuditEntry.objects.get()


def test_an_entry_says_who_what_and_why(entry):
    assert (entry.actor_name, entry.what, entry.subject, entry.why) == ("ana", "drain", "node web-1", "A deploy.")


@pytest.mark.parametrize("change", ["UPDATE ops_audit SET why = ''", "DELETE FROM ops_audit"])
def test_an_entry_stays_as_it_is(entry, change):
    with (
        pytest.raises(ProgrammingError, match="neither changed nor deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert AuditEntry.objects.get().why == "A deploy."
