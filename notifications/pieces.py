"""What a person was told of one kind, gone through for a preference piece by piece, each an event: it may be very much.

A piece begins below an object and an actor, in the order of the key of entries, and is so found without looking at what
was gone through already.
"""

from collections.abc import Iterable, Sequence

from core import sql
from events import outbox, types
from events.outbox import Waiting

MOST = 2_000  # entries of a piece
MAX_ID = 2**63 - 1

_FROM = """
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) AS piece (recipient_id, kind, object_id, actor_id)
CROSS JOIN LATERAL (
    SELECT id, object_id, actor_id FROM notifications_entry
    WHERE recipient_id = piece.recipient_id AND kind = piece.kind
    AND (object_id, actor_id) < (piece.object_id, piece.actor_id) ORDER BY object_id DESC, actor_id DESC
"""
TOLD = f"SELECT told.id {_FROM} LIMIT %s) AS told"  # for `hiding`: the entries of pieces
_LAST = f"SELECT piece.recipient_id, piece.kind, told.object_id, told.actor_id {_FROM} OFFSET %s LIMIT 1) AS told"


def parameters(events: Iterable[types.Event]) -> list[list[int | str] | int]:
    """The pieces of events, as the parameters of TOLD."""
    pieces = {
        (event.user_id, event.kind, *(event.below or (MAX_ID, MAX_ID)))
        for event in events
        if isinstance(event, types.PreferenceChanged)
    }
    return [*sql.columns(4, pieces), MOST]


def go_on(waiting: Sequence[Waiting]) -> None:
    """Have what comes after whole pieces gone through, by an event each."""
    events = [item.event for item in waiting if isinstance(item.event, types.PreferenceChanged)]
    if not events:
        return
    *pieces, _ = parameters(events)
    for user_id, kind, *last in sql.rows(_LAST, *pieces, MOST - 1):
        outbox.record(types.PreferenceChanged(user_id=user_id, kind=kind, below=tuple(last)), for_user=user_id)
