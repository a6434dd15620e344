"""A run in several processes (`pytest -n 4`): the leader hands out tests, each worker has services of its own.

A worker takes the tests of one file at a time, in the order in which a single process runs them too.
"""

import functools
import itertools
import os

from xdist.scheduler import LoadScopeScheduling

# What a leader reads its settings with: it runs no test, and nothing connects to these.
UNUSED = {"SECRET_KEY": "unused", "DATABASE_URL": "postgres://unused/unused", "REDIS_URL": "redis://unused"}

# Begun first, so that no worker is left with them at the end, and each by one worker: a folder shares what is dear to
# start. The faults mostly wait, so they go beside tests that mostly count.
LONG = (
    "tests/faults",
    "tests/frontend",
    "tests/journeys",
    "tests/web",
    "tests/security/test_schema.py",
    "tests/security/test_matrix.py",
    "tests/project/test_walk.py",
)


def unit(nodeid):
    """What one worker runs as a whole: a file, or a folder of LONG."""
    file = nodeid.partition("::")[0]
    return next((long for long in LONG if file.startswith(long)), file)


def rank(item):
    """Where a test stands: first what has workers of its own, which end with it; last what shares the stack's.

    Workers drain whatever they find, the rows of other tests too.
    """
    turn = 0 if "_lines" in item.fixturenames else 2 if "_stack" in item.fixturenames else 1
    place = unit(item.nodeid)
    return turn, LONG.index(place) if place in LONG else len(LONG)


def is_leader(namespace):
    """Whether this process hands out tests, by its options."""
    return bool(namespace.numprocesses) and "PYTEST_XDIST_WORKER" not in os.environ


def share(first, last):
    """This worker's part of a range of ports: what one has stopped for a test, no other may take meanwhile."""
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % count
    size = (last - first) // count
    return first + number * size, first + (number + 1) * size


class Scheduler(LoadScopeScheduling):
    """Hands out units in the order of the collection; one that stands there in two places is two."""

    def __init__(self, config, log):
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid):
        return self._places[nodeid]

    @functools.cached_property
    def _places(self):
        runs = itertools.groupby(self.collection, key=unit)
        return {nodeid: f"{place} {name}" for place, (name, nodeids) in enumerate(runs) for nodeid in nodeids}
