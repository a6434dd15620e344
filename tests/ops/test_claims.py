"""Two moderators who claim a case in the same moment: one has it, and the other is told who."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from core.problems import Conflict
from ops import actions
from ops.models import Act, Case
from tests.ops.deeds import report

pytestmark = pytest.mark.django_db(transaction=True)

A_WHILE = 0.3  # seconds


def claim(case, moderator):
    """In a thread, which gives its connection back."""
    try:
        return actions.claim_case(case_id=case.id, actor_id=moderator.id)
    finally:
        connection.close()


def test_a_claim_waits_for_one_that_is_under_way(people):
    report("user", people[0], people[1])
    case = Case.objects.get()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            actions.claim_case(case_id=case.id, actor_id=people[2].id)
            late = thread.submit(claim, case, people[3])
            with pytest.raises(TimeoutError):
                late.result(A_WHILE)
        with pytest.raises(Conflict, match="mod has claimed this"):
            late.result()

    assert list(Act.objects.values_list("actor_name", flat=True)) == ["mod"]
