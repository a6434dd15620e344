"""What the page says of the sockets, ours beside the peers'. Measures nothing."""

from typing import Any

from bench import figures, report

CHANNELS, OURS = "channels pubsub on uvicorn", "photophore"
MOST_KIB = 25.0

Row = dict[str, Any]

COLUMNS = {
    "CPU µs/delivery, one at a time": "single_us",
    "in bursts": "burst_us",
    "deliveries/s": "rate",
    "one event to all: p50 ms": "single_p50",
    "p99": "single_p99",
    "last": "single_last",
    "targeted: events/s": "target_rate",
    "CPU µs each": "target_us",
    "p50 ms": "target_p50",
    "p99 ms": "target_p99",
    "connects/s": "connects",
    "CPU µs each ": "connect_us",
    "KiB/socket, idle": "kib",
    "after traffic": "kib_after",
    "load client: CPU µs/delivery": "load_us",
    "% of its core": "load_share",
}


def section(result: dict[str, Any]) -> str:
    """A table for each number of sockets."""
    counts = sorted({row["sockets"] for row in result["rows"]}, reverse=True)
    tables = [f"### {count:,} sockets\n\n{_table(result['rows'], count)}" for count in counts]
    peers = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    skipped = [f"- {row['name']} was not measured: {row['skipped']}.\n" for row in result["rows"] if row["skipped"]]
    return f"""\
## Sockets

State frames of 300 bytes to all, frames of about 250 to single people; medians, in brackets the least and
the most, over the starts of each subject, which were taken by turns. CPU is the server process's, on a core of its own.
*One at a time*: an event when all have the one before. *Bursts*: events back to back; the hub writes those of one
topic that Redis brings in one read as one frame of several messages, which the peers do not. *Targeted*: one event for
each person, as fast as one publisher goes. A delivery counts if it is whole, in order, comes once and to the right
socket.

**photophore** is the real endpoint: each socket signs in by a bearer token in PostgreSQL, says `hello`, and watches a
post by its policy; its targeted events are rows of people's logs and go to their rings, too. *By send* is the same
without the shared frame, through ASGI's `send`. The peers sign nobody in. **channels**: a stock
`AsyncWebsocketConsumer` in two groups. **ws** and **picows**: a loop over all sockets behind Redis pub/sub.
**floor**: a C program that does nothing but `write()` ready frames; it shows what the kernel costs, and that the load
client keeps up. {peers}.

{"".join(tables)}{"".join(skipped)}
{_ratios(result["rows"])}"""


def gates(result: dict[str, Any]) -> list[report.Gate]:
    """What the issue wants of us beside the peers, at the most sockets that were measured."""
    most = max(row["sockets"] for row in result["rows"])
    rows = {row["name"]: row for row in result["rows"] if row["sockets"] == most and not row["skipped"]}
    ours = rows[OURS]
    found = [
        _times(rows, CHANNELS, 35, most),
        _times(rows, "ws", 1.1, most),
        _times(rows, "socket.io", 1.0, most),
        _times(rows, "picows", 0.75, most),
        _last(rows, most),
        _kib(ours, most),
    ]
    return [gate for gate in found if gate] + [_nothing_lost(row) for row in result["rows"] if row["name"] == OURS]


def _times(rows: dict[str, Row], peer: str, least: float, sockets: int) -> report.Gate | None:
    if peer not in rows or not rows[peer]["burst_us"]:
        return None
    ratios = {
        how: figures.ratio(rows[peer][f"{how}_us"], rows[OURS][f"{how}_us"]).median for how in ("single", "burst")
    }
    return report.Gate(
        f"{sockets:,} sockets: by CPU a delivery, at least {least:g} times {peer}",
        f"{ratios['single']:.2f} one at a time, {ratios['burst']:.2f} in bursts",
        kept=min(ratios.values()) >= least,
    )


def _last(rows: dict[str, Row], sockets: int) -> report.Gate | None:
    if "ws" not in rows:
        return None
    ratio = figures.ratio(rows[OURS]["single_last"], rows["ws"]["single_last"]).median
    last = figures.spread(rows[OURS]["single_last"])
    wanted = f"{sockets:,} sockets: one event to all, the last within 1.3 times ws"
    return report.Gate(wanted, f"{ratio:.2f} ({last} ms)", kept=ratio <= 1.3)


def _kib(ours: Row, sockets: int) -> report.Gate:
    found = figures.spread(ours["kib"])
    wanted = f"{sockets:,} sockets: at most {MOST_KIB:g} KiB a connected, signed-in, idle socket"
    return report.Gate(wanted, f"{found}", kept=found.median <= MOST_KIB)


def _nothing_lost(row: Row) -> report.Gate:
    found = f"{row['lost']}, {row['wrong']}, {row['twice']}, {row['closed']}"
    return report.Gate(
        f"{row['sockets']:,} sockets: nothing lost, wrong, twice or closed", found, kept=found == "0, 0, 0, 0"
    )


def _table(rows: list[Row], count: int) -> str:
    measured = [row for row in rows if row["sockets"] == count and not row["skipped"]]
    cells = [
        [row["name"], str(len(row["connects"])), *(_cell(row[field]) for field in COLUMNS.values()), _missed(row)]
        for row in sorted(measured, key=lambda row: figures.spread(row["single_us"] or [1e9]).median)
    ]
    return report.table(["", "starts", *COLUMNS, "lost, wrong, twice, closed"], cells) + "\n"


def _cell(values: list[float]) -> str:
    return str(figures.spread(values)) if values else "-"


def _missed(row: Row) -> str:
    return f"{row['lost']}, {row['wrong']}, {row['twice']}, {row['closed']}"


def _ratios(rows: list[Row]) -> str:
    ours = {row["sockets"]: row for row in rows if row["name"] == OURS}
    lines = []
    for row in rows:
        mine = ours.get(row["sockets"])
        if mine and row is not mine and row["burst_us"]:
            single = figures.ratio(row["single_us"], mine["single_us"])
            burst = figures.ratio(row["burst_us"], mine["burst_us"])
            lines.append(
                f"- {row['name']} at {row['sockets']:,} sockets: per CPU second we deliver **{single}** times as much "
                f"one at a time, {burst} times in bursts."
            )
    return "\n".join(lines) + "\n"
