"""Forgetting what was reported, once it is long decided. What moderators did is kept (ops.models.Act)."""

from django.db import transaction

from core import clock
from events import wake
from ops.models import EVIDENCE_KEPT, Case

BATCH = 200  # cases that one run of the task forgets before it sends itself again
TASK = "ops.purge_cases"


def purge_cases() -> None:
    """Remove cases that were closed long ago, with their reports and evidence; a killed run is taken up by the next.

    One that a moderator opens anew just now is left alone.
    """
    with transaction.atomic():
        old = Case.objects.closed().filter(closed_at__lte=clock.now() - EVIDENCE_KEPT).order_by("closed_at")
        found = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        Case.objects.filter(pk__in=found).delete()
    if len(found) == BATCH:
        wake.sender().send(TASK, {}, "bulk")
