"""What monitoring reads at /metrics: all web processes and what they stand on, as Prometheus' text. Names nobody.

Any process answers for all of them, as they report themselves: behind one port a scrape could not choose its process.
"""

import asyncio
import ipaddress
import logging
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from events import outbox
from events.outbox import Depth
from ops import aside, health, queues, tallies
from ops.nodes import Node, Roll
from ops.tallies import Totals
from realtime.meters import BOUNDS, Histogram, Meters, added

R = TypeVar("R")

logger = logging.getLogger(__name__)

# Attribute of Node → metric, and what it says.
GAUGES = {
    "sockets": ("photophore_sockets", "Clients connected."),
    "people": ("photophore_people", "People connected, to each process."),
    "memory_bytes": ("photophore_memory_bytes", "Resident memory."),
    "is_serving": ("photophore_serving", "Processes that take clients."),
}
# Attribute of Depth → metric, and what it says.
OUTBOX = {
    "waiting": ("photophore_outbox_waiting", "Events that wait to be drained."),
    "oldest_seconds": ("photophore_outbox_oldest_seconds", "How long the oldest waits."),
    "dead": ("photophore_outbox_dead", "Events that failed five times."),
}
TASKS = ("photophore_tasks", "Tasks, by name and outcome, since Redis was last empty.")
QUEUES = ("photophore_tasks_waiting", "Tasks that wait for a worker.")
# Attribute of Meters → metric, what it says, and the label of its parts.
COUNTERS = {
    "accepted": ("photophore_sockets_accepted", "Clients let in.", "transport"),
    "refused": ("photophore_sockets_refused", "Clients not let in.", "why"),
    "closed": ("photophore_sockets_closed", "Ends of clients, by close code.", "code"),
    "frames_in": ("photophore_frames_received", "Frames from clients.", ""),
    "bytes_in": ("photophore_bytes_received", "Bytes of frames from clients.", ""),
    "frames_out": ("photophore_frames_sent", "Frames handed to clients.", "class"),
    "bytes_out": ("photophore_bytes_sent", "Bytes of frames handed to clients.", ""),
    "resumed": ("photophore_resumes", "Arrivals, by what became of their cursor.", "outcome"),
    "replayed": ("photophore_events_replayed", "Events written from the log.", ""),
    "holes": ("photophore_holes", "Clients found behind, by what found them.", "found"),
    "lagged": ("photophore_queues_dropped", "Queues given up, since their clients did not read.", ""),
    "bus_messages": ("photophore_bus_messages", "Messages that Redis brought.", ""),
    "bus_bytes": ("photophore_bus_bytes", "Bytes that Redis brought.", ""),
    "bus_outages": ("photophore_bus_outages", "Times that a process lost Redis, or a part of it.", ""),
}
HISTOGRAMS = {
    "ready": ("photophore_ready_seconds", "From a client's accept to its ready."),
    "lag": ("photophore_event_lag_seconds", "From the drain's clock to the hub, of some events."),
    "pulse": ("photophore_pulse_seconds", "From an event in the database, by worker and Redis, to the hub."),
    "loop": ("photophore_loop_lag_seconds", "How late an event loop woke who slept."),
}


async def metrics(request: HttpRequest) -> HttpResponse:
    """Answer whom the operator lets see it: who has the token, or without one this machine alone; others find nothing.

    Raises:
        Http404: for everybody else.
    """
    if not _may(request):
        raise Http404
    return HttpResponse(await _text(), CONTENT_TYPE_PLAIN_0_0_4)


def _may(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").encode()
        return secrets.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode())
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


async def _text() -> bytes:
    """What there is to be read within a second, side by side; what there is not is missing."""
    reading = _Reading(
        *await asyncio.gather(
            health.broken(),
            _read("nodes", lambda: Roll(settings.REDIS_URL).call()),
            _read("tallies", tallies.read),
            _read("queues", queues.depths),
            _read("outbox", outbox.depth),
        )
    )
    registry = CollectorRegistry(auto_describe=False)
    registry.register(reading)
    return await asyncio.to_thread(generate_latest, registry)


async def _read(name: str, read: Callable[[], R]) -> R | None:
    try:
        return await aside.ask(name, read)
    except Exception as error:  # whatever a driver may raise
        logger.info("not read: %s: %s", name, str(error) or "no answer")
        return None


@dataclass(frozen=True, slots=True, eq=False)  # the registry wants a hash
class _Reading(Collector):
    """What was read; None of what could not be."""

    broken: list[str]
    nodes: list[Node] | None
    tasks: Totals | None
    waiting: dict[str, int] | None
    outbox: Depth | None

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("photophore_part_up", "Whether a part works.", labels=["part"])
        for part in health.CHECKS:
            up.add_metric([part], part not in self.broken)
        yield up
        if self.nodes is not None:
            yield from _of_nodes(self.nodes)
        if self.tasks is not None:
            yield _of_tasks(self.tasks)
        if self.waiting is not None:
            yield _of_queues(self.waiting)
        if self.outbox is not None:
            yield from _of_outbox(self.outbox)


def _of_nodes(nodes: list[Node]) -> Iterator[Metric]:
    by_name: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        by_name[node.node].append(node)
    for attribute, (name, about) in GAUGES.items():
        gauge = GaugeMetricFamily(name, about, labels=["node"])
        for node_name, of in by_name.items():
            gauge.add_metric([node_name], sum(getattr(one, attribute) for one in of))
        yield gauge
    broken = GaugeMetricFamily("photophore_broken", "Processes that find a hop of live updates broken.", labels=["hop"])
    for hop in ("database", "worker", "redis"):
        broken.add_metric([hop], sum(node.broken == hop for node in nodes))
    yield broken
    yield from _of_meters({name: added(node.meters for node in of) for name, of in by_name.items()})


def _of_meters(meters: dict[str, Meters]) -> Iterator[Metric]:
    for attribute, (name, about, label) in COUNTERS.items():
        counter = CounterMetricFamily(name, about, labels=["node", label] if label else ["node"])
        for node, one in meters.items():
            value = getattr(one, attribute)
            for part, count in value.items() if label else [("", value)]:
                counter.add_metric([node, part] if label else [node], count)
        yield counter
    for attribute, (name, about) in HISTOGRAMS.items():
        histogram = HistogramMetricFamily(name, about, labels=["node"])
        for node, one in meters.items():
            seconds: Histogram = getattr(one, attribute)
            histogram.add_metric([node], _buckets(seconds), seconds.total)
        yield histogram


def _buckets(seconds: Histogram) -> list[tuple[str, float]]:
    """Cumulative, as Prometheus wants them."""
    names = [*map(str, BOUNDS), "+Inf"]
    return [(name, sum(seconds.counts[: number + 1])) for number, name in enumerate(names)]


def _of_tasks(totals: Totals) -> Metric:
    counter = CounterMetricFamily(*TASKS, labels=["task", "outcome"])
    for outcome, counts in totals.counts.items():
        for task, count in counts.items():
            counter.add_metric([task, outcome], count)
    return counter


def _of_queues(waiting: dict[str, int]) -> Metric:
    gauge = GaugeMetricFamily(*QUEUES, labels=["queue"])
    for queue, count in waiting.items():
        gauge.add_metric([queue], count)
    return gauge


def _of_outbox(depth: Depth) -> Iterator[Metric]:
    for attribute, (name, about) in OUTBOX.items():
        yield GaugeMetricFamily(name, about, getattr(depth, attribute))
