"""The record of a run: a line for each scenario as it ends, and docs/faults.md when FAULTS_REPORT names it."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.faults.checker import NUMBERS

HEAD = """\
# Faults

Written by `make faults`; do not edit. Each row is one fault injected into real processes (two web processes, two live
workers, beat, PostgreSQL, Valkey) while people like, comment, follow and take it back over REST and other people watch.
Afterwards everything that was acknowledged, everything in the database and everything that any client showed is held
against each other (`tests/faults/checker.py`).

- **lost** acknowledged, and not in the database, or derived from it nowhere · **missed** in a person's log and never
  shown · **twice** shown or carried out twice · **disorder** shown after something later · **ghost** shown, and not in
  the database · **leaked** shown more than 2 s after the right to it was lost · **stale** counters that differ from
  `COUNT(*)`, on a screen or in a row
- **first good** seconds from the end of the fault to the first acknowledged write · **caught up** seconds from the end
  of the fault until every client had shown everything from before it
- **offline** the longest that any client was without a line · **slowest** the longest from an acknowledged like or
  follow to its author's own screens, through the fault
- **doubtful** operations of which an attempt went unanswered, also because nobody listened (no balancer stands before
  the two web processes here); repeated with the same `Idempotency-Key`
- Clients back off a fifth as long as the protocol says, so that a scenario takes seconds.
"""


class Report:
    """Rows, in the order of the run."""

    def __init__(self, say):
        """`say` tells a line past pytest's capture: a run of minutes shall tell how it goes."""
        self._say = say
        self.rows = []
        self.revocations = []

    def add(self, row):
        self.rows.append(row)
        numbers = " ".join(f"{name}={row.numbers[name]}" for name in NUMBERS)
        self._say(
            f"\n{row.name}: {numbers} ops={row.ops} doubtful={row.doubtful} shown={row.shown} clients={row.clients} "
            f"reconnects={row.reconnects} resyncs={row.resyncs} outage={row.outage_seconds:.1f}s "
            f"offline={row.offline_seconds:.1f}s slowest={row.slowest_seconds:.1f}s "
            f"first-good={_seconds(row.first_good_seconds)}s caught-up={_seconds(row.caught_up_seconds)}s {row.note}"
        )

    def revoked(self, kind, seconds, how):
        """Add a row of revocations: for each one how long it took until nothing came any more."""
        self.revocations.append((kind, sorted(seconds), how))
        self._say(f"\n{kind}: p50={seconds[len(seconds) // 2]:.3f}s worst={max(seconds):.3f}s n={len(seconds)} {how}")

    def write(self):
        """Write the page, if this run was asked to."""
        if (path := os.environ.get("FAULTS_REPORT")) and self.rows:
            Path(path).write_text("\n".join([HEAD, _run(), *_faults(self.rows), *_revocations(self.revocations), ""]))


def _run():
    now = datetime.now(UTC)
    versions = ", ".join(f"{name} {version(name)}" for name in ("django", "channels", "uvicorn", "celery", "redis"))
    return (
        f"Run of {now:%Y-%m-%d %H:%M} UTC on {platform.system()} {platform.release()}, {os.cpu_count()} cores "
        f"({_processor()}), Python {platform.python_version()}, {versions}, embedded PostgreSQL and Valkey.\n"
    )


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def _faults(rows):
    titles = [
        "fault",
        *NUMBERS,
        "ops",
        "doubtful",
        "clients",
        "shown",
        "reconnects",
        "outage s",
        "offline s",
        "slowest s",
    ]
    yield "| " + " | ".join([*titles, "first good s", "caught up s"]) + " |"
    yield "|---|" + "--:|" * (len(titles) + 1)
    for row in rows:
        told = f"{row.name}<br>{row.note}" if row.note else row.name
        numbers = [row.numbers[name] for name in NUMBERS]
        counts = [row.ops, row.doubtful, row.clients, row.shown, row.reconnects, f"{row.outage_seconds:.1f}"]
        counts += [f"{row.offline_seconds:.1f}", f"{row.slowest_seconds:.1f}"]
        times = [_seconds(row.first_good_seconds), _seconds(row.caught_up_seconds)]
        yield "| " + " | ".join(map(str, [told, *numbers, *counts, *times])) + " |"


def _revocations(rows):
    if not rows:
        return
    yield "\n## Revocations\n"
    yield "From the answer to the action until the socket was closed, or told that it shows the thing no longer.\n"
    yield "| what ended | how it shows | n | p50 s | worst s |"
    yield "|---|---|--:|--:|--:|"
    for kind, seconds, how in rows:
        yield f"| {kind} | {how} | {len(seconds)} | {seconds[len(seconds) // 2]:.3f} | {seconds[-1]:.3f} |"


def _seconds(value):
    return "-" if value is None else f"{value:.1f}"
