"""What processes have counted, as rates and percentiles: differences between their reports. Reads nothing."""

import itertools
from collections import deque
from collections.abc import Iterable

from ops.nodes import Node
from ops.tallies import OUTCOMES, Totals
from realtime.meters import BOUNDS, Histogram, Meters, added, since

KEPT = 10  # reports of each process, and of all workers: percentiles are those of so many seconds
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
SUMMED = ("frames_in", "bytes_in", "bytes_out", "replayed", "lagged", "bus_messages", "bus_bytes")
COUNTED = ("accepted", "refused", "closed", "frames_out", "holes")  # by something
TIMED = ("ready", "lag", "pulse", "loop")


class Course:
    """The last reports of each process that is on the roll, and what the workers had counted by then."""

    def __init__(self) -> None:
        self._reports: dict[str, deque[Node]] = {}
        self._totals: deque[Totals] = deque(maxlen=KEPT)

    def take(self, nodes: Iterable[Node], totals: Totals | None = None) -> None:
        """Take a reading; whoever is off the roll is forgotten, and so is what workers counted once that is away."""
        if totals is None:
            self._totals.clear()
        else:
            self._totals.append(totals)
        self._reports = {node.id: self._with(node) for node in nodes}

    def _with(self, node: Node) -> deque[Node]:
        reports = self._reports.get(node.id) or deque(maxlen=KEPT)
        if not reports or reports[-1].seconds != node.seconds:  # else it has not reported since
            reports.append(node)
        return reports

    def rates(self, node_id: str) -> dict[str, float]:
        """What one process does a second, and the CPUs that it uses; empty after its first report."""
        reports = self._reports[node_id]
        if len(reports) == 1:
            return {}
        then, now = reports[-2], reports[-1]
        seconds = now.seconds - then.seconds
        rates = _flat(since(now.meters, then.meters)) | {"cpu": now.cpu_seconds - then.cpu_seconds}
        return {name: value / seconds for name, value in rates.items()}

    @property
    def tasks(self) -> Totals | None:
        """What all workers have counted, as it was read last."""
        return self._totals[-1] if self._totals else None

    def task_rates(self) -> dict[str, float]:
        """What becomes of tasks a second; empty after the first reading. Redis emptied in between is none either."""
        if len(self._totals) < 2:
            return {}
        then, now = self._totals[0], self._totals[-1]
        counts = {f"tasks_{outcome}": now.of(outcome) - then.of(outcome) for outcome in OUTCOMES}
        return {name: max(0, count) / (now.at - then.at) for name, count in counts.items()}

    def percentiles(self) -> dict[str, float]:
        """Of all processes together, in seconds: the bound below which a share of the last durations lies."""
        whole = added(since(reports[-1].meters, reports[0].meters) for reports in self._reports.values())
        found = {}
        for name, (share_name, share) in itertools.product(TIMED, SHARES.items()):
            durations: Histogram = getattr(whole, name)
            bound = durations.percentile(share)
            if bound is not None:
                found[f"{name}_{share_name}"] = min(bound, BOUNDS[-1])  # which stands for whatever is above, too
        return found


def _flat(counted: Meters) -> dict[str, float]:
    sums = {name: getattr(counted, name) for name in SUMMED}
    return sums | {name: sum(getattr(counted, name).values()) for name in COUNTED}
