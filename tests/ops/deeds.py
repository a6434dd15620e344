"""What people and moderators do in these tests, in one line each."""

import json

from ops import actions
from ops.models import Case
from realtime.models import UserEvent
from tests.support.draining import drain_all


def report(kind, thing, reporter, **words):
    return actions.report(kind=kind, object_id=thing.id, reporter_id=reporter.id, reason="spam", **words)


def claimed(kind, thing, reporter, moderator):
    report(kind, thing, reporter)
    case = Case.objects.open().get()
    actions.claim_case(case_id=case.id, actor_id=moderator.id)
    return case


def close(case, moderator, outcome, **more):
    return actions.close_case(case_id=case.id, actor_id=moderator.id, outcome=outcome, why="No spam here.", **more)


def reopen(case, moderator):
    return actions.reopen_case(case_id=case.id, actor_id=moderator.id)


def told(user):
    drain_all()
    frames = UserEvent.objects.filter(user_id=user.id).order_by("seq").values_list("frame", flat=True)
    return [(event["k"], event["d"]) for event in map(json.loads, frames)]
