"""What the console shows of a snapshot's numbers, in which words, and as what. The script fills in what this names."""

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Words

# How a number is written: a count, a second's worth, bytes, bytes a second, a ratio, seconds, and no more than so many.
COUNT, RATE, BYTES, BYTE_RATE, RATIO = "count", "rate", "bytes", "byte-rate", "ratio"
SECONDS, BOUND = "seconds", "bound"


class Figure(NamedTuple):
    """A number and its words; `of` is what it is a part of."""

    name: str
    words: "Words"
    kind: str = COUNT
    of: str = ""


class Chart(NamedTuple):
    """Up to three numbers over time."""

    title: "Words"
    kind: str
    lines: tuple[Figure, ...]


FIGURES: tuple[tuple["Words", tuple[Figure, ...]], ...] = (
    (
        _("Connections"),
        (
            Figure("sockets", _("Connected")),
            Figure("people", _("Different people")),
            Figure("sockets_a_person", _("Connections a person"), RATIO),
            Figure("accepted", _("Let in"), RATE),
            Figure("refused", _("Refused"), RATE),
            Figure("closed", _("Ended"), RATE),
            Figure("ready_p95", _("Accept to ready, p95"), BOUND),
            Figure("topics", _("Topics watched")),
            Figure("viewed", _("Posts in view")),
        ),
    ),
    (
        _("Messages"),
        (
            Figure("frames_out", _("Sent"), RATE),
            Figure("bytes_out", _("Sent, bytes"), BYTE_RATE),
            Figure("frames_in", _("Received"), RATE),
            Figure("bytes_in", _("Received, bytes"), BYTE_RATE),
            Figure("bus_messages", _("From Redis"), RATE),
            Figure("bus_bytes", _("From Redis, bytes"), BYTE_RATE),
        ),
    ),
    (
        _("Lag"),
        (
            Figure("pulse_p50", _("Commit to socket, p50"), BOUND),
            Figure("pulse_p95", _("Commit to socket, p95"), BOUND),
            Figure("pulse_p99", _("Commit to socket, p99"), BOUND),
            Figure("lag_p50", _("Worker to socket, p50"), BOUND),
            Figure("lag_p95", _("Worker to socket, p95"), BOUND),
            Figure("lag_p99", _("Worker to socket, p99"), BOUND),
        ),
    ),
    (
        _("Losses and repairs"),
        (
            Figure("slow", _("Slow clients")),
            Figure("queued_bytes", _("Waits for them"), BYTES),
            Figure("lagged", _("Queues given up"), RATE),
            Figure("holes", _("Gaps found"), RATE),
            Figure("replayed", _("Events replayed"), RATE),
        ),
    ),
    (
        _("Work that waits"),
        (
            Figure("outbox", _("In the outbox")),
            Figure("outbox_oldest", _("The oldest waits"), SECONDS),
            Figure("outbox_dead", _("Failed five times")),
            Figure("tasks_live", _("Tasks in live")),
            Figure("tasks_feeds", _("Tasks in feeds")),
            Figure("tasks_media", _("Tasks in media")),
            Figure("tasks_bulk", _("Tasks in bulk")),
        ),
    ),
    (
        _("Tasks"),
        (
            Figure("tasks_succeeded", pgettext_lazy("tasks", "Done"), RATE),
            Figure("tasks_retried", _("To be tried again"), RATE),
            Figure("tasks_failed", pgettext_lazy("tasks", "Failed"), RATE),
            Figure("tasks_failed_lately", _("Failed within the hour")),
        ),
    ),
    (
        _("Machines"),
        (
            Figure("nodes", _("Web processes")),
            Figure("draining", _("Of them not serving")),
            Figure("cpu", _("CPUs used"), RATIO),
            Figure("loop_p99", _("Event loop late, p99"), BOUND),
            Figure("memory_bytes", _("Memory"), BYTES),
            Figure("memory_a_socket", _("Memory a connection"), BYTES),
            Figure("descriptors", _("Descriptors"), COUNT, "descriptors_most"),
        ),
    ),
    (
        _("PostgreSQL and Redis"),
        (
            Figure("postgres", _("PostgreSQL connections"), COUNT, "postgres_most"),
            Figure("pool", _("Of ours, in the pools")),
            Figure("pool_idle", _("Of them idle")),
            Figure("pool_waiting", _("Threads that wait for one")),
            Figure("redis", _("Redis memory"), BYTES, "redis_most"),
            Figure("redis_clients", _("Redis clients")),
        ),
    ),
)

CHARTS = (
    Chart(_("Connections"), COUNT, (Figure("sockets", _("Connected")), Figure("people", _("Different people")))),
    Chart(
        _("Coming and going"),
        RATE,
        (Figure("accepted", _("Let in")), Figure("closed", _("Ended")), Figure("refused", _("Refused"))),
    ),
    Chart(_("Messages"), RATE, (Figure("frames_out", _("Sent")), Figure("frames_in", _("Received")))),
    Chart(
        _("Commit to socket"),
        BOUND,
        (Figure("pulse_p50", _("p50")), Figure("pulse_p95", _("p95")), Figure("pulse_p99", _("p99"))),
    ),
    Chart(_("Work that waits"), COUNT, (Figure("outbox", _("Outbox")), Figure("tasks", _("Tasks")))),
    Chart(
        _("Tasks"),
        RATE,
        (
            Figure("tasks_succeeded", pgettext_lazy("tasks", "Done")),
            Figure("tasks_retried", _("To be tried again")),
            Figure("tasks_failed", pgettext_lazy("tasks", "Failed")),
        ),
    ),
    Chart(_("Memory"), BYTES, (Figure("memory_bytes", _("Web processes")), Figure("redis", _("Redis")))),
    Chart(_("CPUs used"), RATIO, (Figure("cpu", _("Web processes")),)),
    Chart(_("Event loop late"), BOUND, (Figure("loop_p50", _("p50")), Figure("loop_p99", _("p99")))),
)

# A point of the history has these, in this order.
CHARTED = tuple(line.name for chart in CHARTS for line in chart.lines)

# Of one process, in a row.
COLUMNS = (
    Figure("sockets", _("Connected")),
    Figure("people", _("People")),
    Figure("frames_in", _("In"), RATE),
    Figure("frames_out", _("Out"), RATE),
    Figure("slow", _("Slow")),
    Figure("cpu", _("CPUs"), RATIO),
    Figure("memory_bytes", _("Memory"), BYTES),
    Figure("memory_a_socket", _("A connection"), BYTES),
    Figure("descriptors", _("Descriptors")),
    Figure("seconds", _("Up for"), SECONDS),
)

# What is counted by something, since the processes started; tasks since Redis was last empty.
PARTS = (
    ("accepted", _("Let in, by transport")),
    ("refused", _("Refused, by why")),
    ("closed", _("Ended, by close code")),
    ("resumed", _("Resumes, by outcome")),
    ("holes", _("Gaps, by what found them")),
    ("frames_out", _("Sent, by class")),
    ("tasks_failed", _("Failed tasks")),
    ("tasks_succeeded", _("Done tasks")),
)
