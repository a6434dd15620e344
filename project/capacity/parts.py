"""The parts: how many of one a demand takes, how many there are before another engine takes over, and which one."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from events.models import SHARDS
from project.capacity import figures
from project.capacity.habits import HABITS, Demand, Habits
from realtime.topics import PARTITIONS

BUSY = 0.6  # of whatever there is: above it queues grow, and a part that dies has nobody to take its share
KIB, GB = 1024, 1e9
MOST_PEOPLE = 1e12
BOX_CORES = 8
PRIMARY_CORES = 64
MEMORY_BYTES = 64 * KIB**3  # of a Redis
DISK_BYTES = 4e12
PRIMARY_BYTES = 16e12
NETWORK_BYTES = 10e9 / 8
NGINX_SOCKETS = 16_384 * BOX_CORES  # two descriptors each, 32,768 a worker in deploy/nginx.conf
SLOWEST_MS = 500  # of a search
ROLL = 500  # processes that report in one place
TASKS = 1_000  # a second through one broker


@dataclass(frozen=True, slots=True)
class Part:
    """Something that can be full. `load` is in ones of `unit`, of which `room` may be used."""

    name: str
    unit: str
    load: Callable[[Demand], float]
    room: float
    then: str
    built: str
    missing: str = ""

    def full_at(self, habits: Habits = HABITS) -> float:
        """The most people that it holds."""
        low, high = 1.0, MOST_PEOPLE
        while high / low > 1 + 1e-9:
            middle = math.sqrt(low * high)
            low, high = (middle, high) if self.load(Demand(middle, habits)) <= self.room else (low, middle)
        return low


def web_cores(demand: Demand) -> float:
    """Of all web processes, HTTP and sockets."""
    requests = demand.reads * figures.PAGE.value * 1000 + demand.deeds * figures.LIKE.value
    sockets = demand.connects * figures.CONNECT.value + demand.frames * figures.DELIVERY.value
    return (requests + sockets + demand.events * figures.EVENT.value) / 1e6


def live_cores(demand: Demand) -> float:
    """Of all live workers: drains, and posts that are handed to followers."""
    return (demand.deeds * figures.DRAIN.value + demand.posts * demand.habits.followers * figures.HAND.value) / 1e6


def media_cores(demand: Demand) -> float:
    """Of all media workers."""
    return demand.posts * demand.habits.processing


def write_cores(demand: Demand) -> float:
    """Of PostgreSQL, for what people do."""
    return demand.deeds * figures.WRITE.value / 1e6


def read_cores(demand: Demand) -> float:
    """Of PostgreSQL, for what people look at."""
    return demand.reads * figures.QUERIES.value * figures.QUERY.value / 1e6


def bus_cores(demand: Demand) -> float:
    """Of Valkey, which has one thread for commands."""
    return demand.deeds * figures.BUS.value / 1e6


def all_cores(demand: Demand) -> float:
    """Of everything, on one box."""
    workers = live_cores(demand) + media_cores(demand)
    return web_cores(demand) + workers + write_cores(demand) + read_cores(demand) + bus_cores(demand)


def ring_bytes(demand: Demand) -> float:
    """Of Valkey: who is connected, and who was in the last 15 minutes."""
    return (demand.sockets + demand.connects * 900) * figures.RING.value * KIB


def search_ms(demand: Demand) -> float:
    """p99 of people of a name, growing as it grew from a tenth of what was measured."""
    growth = math.log10(figures.SEARCH.value / figures.SEARCH_TENTH.value)
    return figures.SEARCH.value * float((demand.people / 200_000) ** growth)


PARTS = (
    Part(
        "web process", "cores", web_cores, BUSY, "more of them, one a core, behind one port or nginx",
        "`up --web N`; deploys, drains and storms between them",
    ),
    Part(
        "the one box", "cores", all_cores, BOX_CORES * BUSY,
        "machines of their own for PostgreSQL, Redis, web and workers",
        "all parts are named by address, no process keeps anything; the folder of media is shared",
    ),
    Part(
        "media worker", "cores", media_cores, BUSY, "more of them", "any number, with acks after the work",
    ),
    Part(
        "disk of the photos", "TB", lambda d: d.kept_bytes / 1e12, DISK_BYTES / 1e12 * BUSY,
        "a shared file system, then object storage (S3, Ceph)",
        "any file system at PHOTOPHORE_DATA", "object storage: files are opened by path",
    ),
    Part(
        "search for people", "ms p99", search_ms, SLOWEST_MS,
        "a search engine (OpenSearch, Typesense), fed by the outbox",
        "trigrams in PostgreSQL, one function a kind of search", "the engine, and what feeds it",
    ),
    Part(
        "live worker", "cores", live_cores, BUSY, f"more of them, to {SHARDS}",
        "each takes whichever shard waits",
    ),
    Part(
        f"{SHARDS} shards of the outbox", "cores", live_cores, SHARDS * BUSY,
        "more shards, then a PostgreSQL for each group of them", "a person is always in one shard",
        "changing their number while events wait",
    ),
    Part(
        "nginx", "thousand sockets", lambda d: d.sockets / 1000, NGINX_SOCKETS / 1000 * BUSY,
        "several behind an L4 balancer (IPVS, a cloud's), or by DNS", "no state in it; any process serves anybody",
        "a configuration of the balancer",
    ),
    Part(
        "network of the photos", "Gbit/s", lambda d: d.media_bytes * 8 / 1e9, NETWORK_BYTES * 8 / 1e9 * BUSY,
        "a CDN", "public photos may be kept five minutes, by their `Cache-Control`",
        "signed addresses at a CDN: private photos stay with us",
    ),
    Part(
        "memory of one Redis", "GiB", lambda d: ring_bytes(d) / KIB**3, MEMORY_BYTES / KIB**3 * BUSY,
        "Redis or Valkey Cluster", "`redis+cluster://`, sharded pub/sub, every name in a partition",
    ),
    Part(
        f"{PARTITIONS} partitions of a Cluster", "GiB", lambda d: ring_bytes(d) / KIB**3,
        PARTITIONS * MEMORY_BYTES / KIB**3 * BUSY, "machines of more memory, more partitions, shorter rings",
        "rings may be lost: who resumes reads PostgreSQL", "changing their number without a pause",
    ),
    Part(
        "CPU of one Redis", "cores", bus_cores, BUSY, "Redis or Valkey Cluster",
        "as above; Celery's broker is then another one",
    ),
    Part(
        "roll of the web processes", "processes", lambda d: web_cores(d) / BUSY, ROLL,
        "Prometheus, asking each process", "one report a second each, in one partition of Redis",
        "a roll by groups; /metrics of one process alone",
    ),
    Part(
        "rows in one PostgreSQL", "TB", lambda d: d.row_bytes / 1e12, PRIMARY_BYTES / 1e12 * BUSY,
        "partitions by time, then shards by person (Citus, or PostgreSQLs of our own)",
        "the log is partitioned, and dropped by age", "facts (likes, comments, follows) are one table each",
    ),
    Part(
        "reads and writes of one primary", "cores", lambda d: read_cores(d) + write_cores(d), PRIMARY_CORES * BUSY,
        "replicas for what may be a second late", "a replica finds what explore, search and others' grids show",
        "sending what is found there to be read there as well",
    ),
    Part(
        "writes of one primary", "cores", write_cores, PRIMARY_CORES * BUSY,
        "shards by person (Citus, or PostgreSQLs of our own)",
        "the log, heads and outbox already go by person; ids name no machine",
        "everything else: a like and its post may lie in two shards",
    ),
    Part(
        "log of the rights that end", "commits/s", lambda d: d.ends, BUSY * 1000 / figures.COMMIT.value,
        "a log for each region or partition",
        "one row, locked by each drain that ends a right; every web process follows it", "cutting it",
    ),
    Part(
        "broker of the tasks", "tasks/s", lambda d: d.posts, TASKS,
        "RabbitMQ with quorum queues; before that, whenever tasks are to outlive a Redis",
        "`CELERY_BROKER_URL=amqp://…`; the truth is in PostgreSQL, and sweeps find what a broker lost",
        "streams for feeds",
    ),
)  # fmt: skip


def in_order(habits: Habits = HABITS) -> list[tuple[float, Part]]:
    """All parts with the most people that each holds, the first to be full at the top."""
    return sorted(((part.full_at(habits), part) for part in PARTS), key=lambda found: found[0])
