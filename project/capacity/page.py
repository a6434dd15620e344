"""What the model says, as Markdown (docs/scaling.md) and for a terminal."""

from collections.abc import Callable, Iterable, Iterator

from events.models import SHARDS
from project.capacity import parts
from project.capacity.figures import FIGURES, RESULTS, SOCKET
from project.capacity.habits import HABITS, Demand, Habits, described
from project.capacity.parts import BUSY, KIB, Part, in_order

COLUMNS: tuple[tuple[str, Callable[[Demand], float]], ...] = (
    ("sockets", lambda d: d.sockets),
    ("their GiB", lambda d: d.sockets * SOCKET.value / KIB**2),
    ("deeds/s", lambda d: d.deeds),
    ("reads/s", lambda d: d.reads),
    ("web cores", parts.web_cores),
    ("live cores", parts.live_cores),
    ("media cores", parts.media_cores),
    ("PostgreSQL cores", lambda d: parts.read_cores(d) + parts.write_cores(d)),
    ("its TB", lambda d: d.row_bytes / 1e12),
    ("Redis cores", parts.bus_cores),
    ("its GiB", lambda d: parts.ring_bytes(d) / KIB**3),
    ("photos Gbit/s", lambda d: d.media_bytes * 8 / 1e9),
    ("their TB", lambda d: d.kept_bytes / 1e12),
)
STEPS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 2_000_000_000)

NOTHING = "-"
LEAST = 0.01
NAMES = ((1e9, " billion"), (1e6, " million"))
HEAD = """# Scaling

Made from `project/capacity/` by `manage.py export_docs`; do not edit. `manage.py capacity --people 50000` says the same
of your site, and takes each assumption below as an option (`--likes 3`).

This is arithmetic, not a test: nobody has run Photophore for a billion people. What one process does was measured on a
machine of two cores, without TLS and over loopback; the rest multiplies. A figure may be wrong by a factor of two; what
people do differs by more. A part is full when {busy:.0%} of it is busy.
"""
PARTS_HEAD = """## Which part is full first

With the assumptions below. *Full at* counts accounts, of which {daily:.0%} come on a day.

"""
STEPS_HEAD = """## Step by step

*Full on the way*: what has to be another engine by then. *Next* is the first to follow.

"""
SIZES_HEAD = """What that takes in the busiest second. Cores are those that work: have more, so that {busy:.0%} do.

"""
HABITS_HEAD = """## What drives it

Doubt the reads first: they make the web processes, and so most of the machines. Connections are cheap as long as little
is told to all of them.

"""
FIGURES_HEAD = """## What was measured

{results} has what the commands found.

"""
FOOT = """## What the model does not know

- **A star.** One post that everybody likes is one row, which {shards} drains cannot share. 1,000 likes of it a second
  were measured, on two cores. Posts of who has more than `PHOTOPHORE_FEED_PULL_FOLLOWERS` are pulled, and cost nothing
  as they are posted.
- **A storm.** All come back at once after an outage: 5,000 clients took 5.8 s of one core. A process takes
  `PHOTOPHORE_ACCEPTS` a second; have as many as bring all back in the time that you can bear.
- **Distance.** Light takes a tenth of a second around half the world. People at home in a region, with a PostgreSQL in
  each, and a log between the regions: not built.
- TLS and nginx's own work, the lists of feeds in Redis, the disk under PostgreSQL, and the memory of the kernel for a
  socket: not measured.
- Moderation and support. People are full there long before machines.

What stays the same on the way: a deed is one transaction with its event, everybody's log counts for itself, and
whatever stands behind PostgreSQL may lose its memory. So the parts can be replaced one at a time.
"""


def markdown() -> str:
    """docs/scaling.md."""
    known = {"busy": BUSY, "daily": HABITS.daily, "results": RESULTS, "shards": SHARDS}
    tables = {
        PARTS_HEAD: _parts(), STEPS_HEAD: _steps(), SIZES_HEAD: _sizes(), HABITS_HEAD: _habits(),
        FIGURES_HEAD: _figures(),
    }  # fmt: skip
    sections = [head.format(**known) + table(rows) for head, rows in tables.items()]
    return "\n".join([HEAD.format(**known), *sections, FOOT.format(**known)])


def _parts() -> Iterator[list[str]]:
    yield ["full at", "part", "what takes over", "built", "not built"]
    for people, part in in_order():
        yield [short(people), part.name, part.then, part.built, part.missing or NOTHING]


def _steps() -> Iterator[list[str]]:
    yield ["people", "full on the way", "next"]
    order, before = in_order(), 0
    for step in STEPS:
        filled = [part.name for people, part in order if before < people <= step]
        following = next((part.name for people, part in order if people > step), "more of each")
        yield [short(step), "; ".join(filled) or NOTHING, following]
        before = step


def _sizes() -> Iterator[list[str]]:
    yield ["people", *(name for name, _ in COLUMNS)]
    for step in STEPS:
        demand = Demand(step)
        yield [short(step), *(short(take(demand)) for _, take in COLUMNS)]


def _habits() -> Iterator[list[str]]:
    yield ["option", "value", "what", "source"]
    for name, value, what, source in described():
        yield [f"`--{name.replace('_', '-')}`", f"{value:g}", what, source]


def _figures() -> Iterator[list[str]]:
    yield ["figure", "of what", "by"]
    for figure in FIGURES:
        yield [f"{figure.value:,g} {figure.unit}", figure.what, figure.source]


def table(rows: Iterable[list[str]]) -> str:
    """A table in Markdown; the first row is its head."""
    head, *others = rows
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *others])


def report(people: int, habits: Habits = HABITS) -> Iterator[str]:
    """Lines for a terminal: what so many people take of each part, the first to be full at the top."""
    demand = Demand(people, habits)
    yield (
        f"{short(people)} people: {short(demand.sockets)} connected, and in the busiest second "
        f"{short(demand.deeds)} deeds and {short(demand.reads)} reads."
    )
    for full_at, part in in_order(habits):
        yield from _lines(part, demand, full_at)


def _lines(part: Part, demand: Demand, full_at: float) -> Iterator[str]:
    taken = f"{part.name:<31} {short(part.load(demand)):>9} of {short(part.room)} {part.unit}"
    if demand.people <= full_at:
        yield f"ok    {taken}, until {short(full_at)} people"
        return
    yield f"full  {taken}"
    yield f"      → {part.then}"
    if part.missing:
        yield f"      Not built: {part.missing}."


def short(number: float) -> str:
    """A number in two digits, for people: 0.026, 1.4, 350, 87,000, 1.1 million."""
    if 0 < number < LEAST:
        return f"<{LEAST}"
    size, name = next(((size, name) for size, name in NAMES if number >= size), (1, ""))
    rounded = float(f"{number / size:.2g}")
    return f"{rounded:,g}{name}"
