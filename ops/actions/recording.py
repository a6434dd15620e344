"""The case that an action is about, locked; and the word on it: for the record of acts, and for who watches."""

from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from accounts.models import User
from core import sql
from core.problems import NotFound
from events import outbox
from events.types import CaseChanged
from ops.models import Act, Case

QUEUE = 0  # nobody's shard: what becomes of cases is told in one order
How = Literal["opened", "reported", "withdrawn", "claimed", "released", "closed", "reopened"]

_OPEN = """
INSERT INTO ops_case AS c (kind, object_id, person_id, outcome, why, effect_at)
VALUES (%s, %s::bigint, %s::bigint, '', '', %s::timestamptz)
ON CONFLICT (kind, object_id) WHERE closed_at IS NULL DO UPDATE SET person_id = excluded.person_id
RETURNING id, xmax = 0
"""


def open_case(kind: str, object_id: int, person_id: int, effect_at: datetime | None = None) -> tuple[int, bool]:
    """The open case of a thing, locked, and whether this made it; in the caller's transaction, by however many."""
    ((case_id, made),) = sql.rows(_OPEN, kind, object_id, person_id, effect_at)
    return int(case_id), bool(made)


def locked(case_id: int) -> Case:
    """Lock and return a case, in the caller's transaction.

    Raises:
        NotFound: if there is none.
    """
    case = Case.objects.select_for_update(no_key=True).filter(pk=case_id).first()
    if case is None:
        raise NotFound(_("There is no such case."))
    return case


def tell(case_id: int, how: How, outcome: str = "") -> None:
    """Tell those who watch the queue, in the caller's transaction."""
    outbox.record(CaseChanged(case_id=case_id, how=how, outcome=outcome), for_user=QUEUE)


def keep(case: Case, actor_id: int, what: str, why: str = "") -> None:
    """Keep for ever what a moderator did, in the caller's transaction."""
    name = User.objects.values_list("username", flat=True).get(id=actor_id)
    act = Act(case_id=case.id, person_id=case.person_id, actor_id=actor_id, actor_name=name, what=what, why=why)
    act.save(force_insert=True)


def name_of(user_id: int | None) -> str:
    """How to call a moderator who has got in the way."""
    found = User.objects.filter(pk=user_id).values_list("username", flat=True).first() if user_id else None
    return found or "Somebody"
