"""The words of cases and connections: `{{ case.kind|words:"kind" }}`. A value without words stands for itself."""

from typing import Any

from django import template

from ops import words as of
from ops.cards import ActView

register = template.Library()

_WORDS: dict[str, dict[str, Any]] = {
    "kind": of.KINDS,
    "reason": of.REASONS | {"appeal": of.KINDS["appeal"]},
    "outcome": of.OUTCOMES,
    "found": of.FOUND,
    "state": of.STATES,
    "connection": of.CONNECTION,
    "node": of.NODES,
    "choice": of.CHOICES,
    "end": of.ENDS,
    "grant": of.GRANTS,
}


@register.filter
def words(value: str, what: str) -> Any:
    """What people call this kind, reason, outcome or state."""
    return _WORDS[what].get(value, value)


@register.filter
def sentence(act: ActView) -> str:
    """What a moderator did: "rosa claimed it."."""
    return str(of.ACTS.get(act.what, "%(who)s")) % {"who": act.actor}
