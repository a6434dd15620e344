"""What follows from a case: who watches the queue sees it, who reported is told, and whose post it was."""

from typing import Any

from events import types
from events.outbox import Waiting
from ops import queries
from ops.cards import CaseCard
from ops.models import Outcome
from project.effects import Effects
from realtime import bus, protocol
from realtime.log import Told

TOPIC = "moderation"


def show(waiting: list[Waiting], effects: Effects) -> None:
    """Show moderators the cases of a batch as they stand now, a frame for each, and how many are open."""
    how = {item.event.case_id: item.event.how for item in waiting if isinstance(item.event, types.CaseChanged)}
    cards = queries.cards_of(how)
    shown = [card for case_id in how if (card := cards.get(case_id))]
    if not shown:
        return
    numbers, last = queries.numbers(), queries.advance(len(shown))
    for ver, card in enumerate(shown, last - len(shown) + 1):
        frame = protocol.state(TOPIC, ver, {"how": how[card.id], "case": card.as_dict(), **numbers})
        effects.shown.append(bus.of_state(TOPIC, frame))


def tell(waiting: list[Waiting], effects: Effects) -> None:
    """Tell who reported something what became of it; and whose it was, that it was removed or put back."""
    decided = {
        item.event.case_id: item.event
        for item in waiting
        if isinstance(item.event, types.CaseChanged) and item.event.how in ("closed", "reopened")
    }
    if not decided:
        return
    cards = queries.cards_of(decided)
    for case_id, report_id, reporter_id in queries.reporters_of(cards):
        kind, outcome = f"report.{decided[case_id].how}", cards[case_id].outcome
        effects.told.append(Told(reporter_id, kind, {"report": str(report_id), "outcome": outcome}))
    removals = [card for case_id, card in cards.items() if decided[case_id].outcome == Outcome.REMOVE]
    effects.told += [Told(card.person.id, "moderated", _moderated(card)) for card in removals if card.person]


def _moderated(card: CaseCard) -> dict[str, Any]:
    return {
        "kind": card.kind,
        "object": str(card.object_id),
        "removed": card.outcome == Outcome.REMOVE,
        "why": card.why,
    }
