"""The web processes as operators see and order them. Which there are, the roll tells (ops.nodes)."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.viewers import Viewer
from core.problems import Invalid, NotFound
from ops import audit
from ops.leaving import State
from ops.nodes import Node, Order, Roll, reached

MAX_SECONDS = 3_600.0  # of a drain's window


@dataclass(frozen=True, slots=True)
class Plan:
    """What draining a process comes to."""

    node: Node
    others: int  # that serve, and take its sockets


def nodes(operator: Viewer) -> list[Node]:
    """All web processes that run, by name.

    Raises:
        Busy: if Redis does not answer.
    """
    audit.record(operator, "look", "nodes")
    return roll()


def roll() -> list[Node]:
    """The same for who has them on the screen: that they look is on record already.

    Raises:
        Busy: if Redis does not answer.
    """
    with reached():
        return Roll(settings.REDIS_URL).call()


def plan(operator: Viewer, node_id: str, *, do: str, why: str, seconds: str) -> Plan:
    """What `order` would do; all that it refuses is refused here, and nothing is changed.

    Raises:
        NotFound: if the process does not run.
        Invalid: naming the field that cannot be.
        Busy: if Redis does not answer.
    """
    found = _plan(node_id)
    _order(do, seconds)
    audit.record(operator, f"{do}, dry run", f"node {node_id}", audit.reason(why))
    return found


def order(operator: Viewer, node_id: str, *, do: str, why: str, seconds: str) -> Plan:
    """Have a process drain over a window, or serve again; it fetches the order within a second.

    Draining again moves those that are still there.

    Raises:
        NotFound: if the process does not run.
        Invalid: naming the field that cannot be; nothing was changed.
        Busy: if Redis does not answer.
    """
    found, told = _plan(node_id), _order(do, seconds)
    audit.record(operator, do, f"node {node_id}", audit.reason(why))
    with reached():
        Roll(settings.REDIS_URL).tell([found.node], told)
    return found


def _plan(node_id: str) -> Plan:
    nodes = roll()
    node = next((one for one in nodes if one.id == node_id), None)
    if node is None:
        raise NotFound(_("This web process does not run any more."))
    return Plan(node, sum(one.state == State.SERVING for one in nodes if one is not node))


def _order(do: str, seconds: str) -> Order:
    if do == "undrain":
        return Order("undrain")
    if do != "drain":
        raise Invalid(_("Drain it, or let it serve again."), field="do")
    try:
        window = float(seconds or settings.DRAIN_SECONDS)
    except ValueError:
        window = -1.0
    if not 0 <= window <= MAX_SECONDS:
        raise Invalid(_("From 0 to 3,600 seconds."), field="seconds")
    return Order("drain", window)
