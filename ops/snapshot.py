"""All web processes at one moment, as the console shows them: small, however many they are. Reads nothing."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ops import figures
from ops.nodes import Node
from ops.readings import Course
from ops.tallies import OUTCOMES, Totals
from realtime import census
from realtime.meters import added

MOST_NODES = 24  # listed, the fullest first; all of them are in the sums
MOST_PARTS = 10  # of what is counted by something: a client closes with whatever code it likes
MOST_LETTERS = 32
SUMS = ("sockets", "topics", "viewed", "memory_bytes", "descriptors", "descriptors_most")
LISTED = ("frames_in", "frames_out", "cpu")


class Row(msgspec.Struct, frozen=True):
    """One process."""

    id: str
    node: str
    host: str
    pid: int
    state: str
    broken: str
    numbers: dict[str, float]


class Snapshot(msgspec.Struct, frozen=True):
    """Everything; what could not be read is missing from `numbers`."""

    at: float  # seconds since 1970
    numbers: dict[str, float]
    parts: dict[str, list[tuple[str, int]]]  # since the processes started; tasks since Redis was last empty
    clients: list[tuple[str, str, str, int]]  # app, version, transport, sockets
    nodes: list[Row]

    @property
    def ver(self) -> int:
        """As the topic's state has it: newer is more."""
        return int(self.at * 1000)

    def as_dict(self) -> dict[str, Any]:
        """As it travels."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        return told


def made(nodes: Sequence[Node], course: Course, services: Mapping[str, float]) -> Snapshot:
    """Make one of the roll; `course` has taken it already."""
    rates = {node.id: course.rates(node.id) for node in nodes}
    fullest = sorted(nodes, key=lambda node: -node.sockets)[:MOST_NODES]
    return Snapshot(
        at=time.time(),
        numbers=_rounded(
            _sums(nodes) | _summed(rates.values()) | course.percentiles() | _tasks(course) | dict(services)
        ),
        parts=_parts(nodes, course.tasks),
        clients=_clients(nodes),
        nodes=[_row(node, rates[node.id]) for node in sorted(fullest, key=lambda node: (node.node, node.id))],
    )


def _sums(nodes: Sequence[Node]) -> dict[str, float]:
    sums: dict[str, float] = {name: sum(getattr(node, name) for node in nodes) for name in SUMS}
    people = census.different([node.sketch for node in nodes], [node.people for node in nodes])
    return sums | {
        "nodes": len(nodes),
        "draining": sum(not node.is_serving for node in nodes),
        "people": people,
        "sockets_a_person": sums["sockets"] / people if people else 0,
        "memory_a_socket": sums["memory_bytes"] / sums["sockets"] if sums["sockets"] else 0,
        "slow": sum(node.census.slow for node in nodes),
        "queued_bytes": sum(node.census.queued_bytes for node in nodes),
        "pool": sum(node.pool.size for node in nodes),
        "pool_idle": sum(node.pool.idle for node in nodes),
        "pool_waiting": sum(node.pool.waiting for node in nodes),
    }


def _summed(rates: Any) -> dict[str, float]:
    whole: Counter[str] = Counter()
    for one in rates:
        whole.update(one)
    return dict(whole)


def _tasks(course: Course) -> dict[str, float]:
    lately = {"tasks_failed_lately": course.tasks.failed_lately} if course.tasks else {}
    return lately | course.task_rates()


def _parts(nodes: Sequence[Node], tasks: Totals | None) -> dict[str, list[tuple[str, int]]]:
    counted = msgspec.structs.asdict(added(node.meters for node in nodes))
    counted |= {f"tasks_{outcome}": tasks.counts[outcome] if tasks else {} for outcome in OUTCOMES}
    # Without those that were seen, and never counted.
    return {name: census.few(+Counter(counted[name]), MOST_PARTS, others="…") for name, _ in figures.PARTS}


def _clients(nodes: Sequence[Node]) -> list[tuple[str, str, str, int]]:
    kinds: Counter[census.Kind] = Counter()
    for node in nodes:
        kinds.update(dict(node.census.kinds))
    return [(*kind, count) for kind, count in census.most_frequent(kinds)]


def _row(node: Node, rates: Mapping[str, float]) -> Row:
    numbers = {
        "sockets": node.sockets,
        "people": node.people,
        "slow": node.census.slow,
        "memory_bytes": node.memory_bytes,
        "memory_a_socket": node.memory_bytes / node.sockets if node.sockets else 0,
        "descriptors": node.descriptors,
        "descriptors_most": node.descriptors_most,
        "seconds": node.seconds,
    } | {name: rates[name] for name in LISTED if name in rates}
    names = (node.id[-MOST_LETTERS:], node.node[:MOST_LETTERS], node.host[:MOST_LETTERS])
    return Row(*names, node.pid, node.state, node.broken, _rounded(numbers))


def _rounded(numbers: Mapping[str, float]) -> dict[str, float]:
    """Four digits are more than anybody reads, and half of the frame."""
    return {name: value if isinstance(value, int) else round(value, 4) for name, value in numbers.items()}
