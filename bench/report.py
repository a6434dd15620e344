"""Results as a page for people: tables, and how they came about. Computes no figure that the JSON does not hold."""

from typing import Any

from bench import figures

HEAD = """\
# Measurements

{date}, `{command}`, {took:.0f} s in all. Load average before {before}, after {after}.

{cpu}, {memory_gib} GiB, Linux {kernel}, Python {python}, {packages}.

The web process has core {server}, and only the writers of likes beside it; PostgreSQL (fsync on), Valkey, the live
worker, beat and the clients share core {client}. No TLS, no proxy, loopback: a real network differs. Other work on the
machine shows in the load average. Server CPU is that of the web process, user and system.
"""


def page(results: dict[str, Any]) -> str:
    """The whole page."""
    machine = results["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    parts = [HEAD.format(**results["run"] | machine | {"packages": packages})]
    if "like" in results:
        parts.append(_like(results["like"]))
    if "fanout" in results:
        parts.append(_fanout(results["fanout"]))
    return "\n".join(parts)


def _like(result: dict[str, Any]) -> str:
    rows = [
        [
            f"{run['path']}, {run['rate']}/s",
            *(f"{run[name]:.1f}" for name in ("p50", "p95", "p99", "most", "action_p50")),
            f"{run['delivered']}/{run['expected']}",
            f"{run['repeated']}, {'yes' if run['in_order'] else 'NO'}, {run['resyncs']}",
            f"{run['reached']:.0f}/s, {run['late_p99']:.1f}",
            ", ".join(f"{name} {share:.0f}" for name, share in run["shares"].items()),
            " / ".join(f"{busy:.0f}" for busy in run["cores"][:2]),
        ]
        for run in result["runs"]
    ]
    head = "path, likes | p50 ms | p95 | p99 | max | of it the action, p50 | delivered | repeated, in order, resyncs | "
    head += "rate reached, late p99 ms | % of a core | cores 0 / 1 busy %"
    return f"""\
## From a like to the author's socket

{result["sockets"]} signed-in sockets are open, the author's among them; everybody likes the same author's posts,
so that one shard of the outbox has it all. From the clock before `content.actions.like_post` (or before the HTTP
request) to the arrival of the `ev` frame; {result["seconds"]:g} s each. {result["writers"]} writer threads, on the web
process's core as in production, give each like at its time and do not wait for those before.
A core that is nearly all busy is the bottleneck of its line; what our processes do not explain is others' work.

{_table(head.split(" | "), rows)}"""


def _fanout(result: dict[str, Any]) -> str:
    rows = [
        [
            f"{row['name']}, {row['sockets']}",
            str(figures.spread(row["burst_us"])),
            str(figures.spread(row["rate"])),
            str(figures.spread(row["alone_us"])),
            str(figures.spread(row["alone_ms"])),
            f"{row['lost']}, {row['wrong']}, {row['closed']}",
            str(figures.spread(row["kib"])),
            str(figures.spread(row["connects"])),
            str(figures.spread(row["connect_us"])),
            f"{figures.spread(row['client_share']).median:.0f}",
        ]
        for row in result["rows"]
    ]
    head = "subject, sockets | burst: server CPU us/delivery | burst: deliveries/s | single: CPU us/delivery | "
    head += "single: ms until the last has it | lost, wrong, closed | KiB/connection | connects/s | CPU us/connect | "
    head += "clients % of core"
    return f"""\
## Deliveries a second a core

One post that all sockets watch, state frames of 300 bytes. *Single*: one event, until all have it, then the next.
*Burst*: {result["burst_events"]} events back to back. Medians, and in brackets the least and the most. Ours signs
each socket in by a bearer token and a query; the peer, a stock `AsyncWebsocketConsumer` in a group, signs nobody in.
Each is started twice, by turns. A delivery is counted if it is whole, in order and comes once.

{_table(head.split(" | "), rows)}
{_ratios(result["rows"])}"""


def _ratios(rows: list[dict[str, Any]]) -> str:
    ours = {row["sockets"]: row for row in rows if row["name"] == "photophore"}
    lines = []
    for row in rows:
        if row["name"] != "photophore" and row["sockets"] in ours:
            mine = ours[row["sockets"]]
            cpu = figures.ratio(row["burst_us"], mine["burst_us"])
            rate = figures.ratio(mine["rate"], row["rate"])
            lines.append(
                f"- {row['name']} at {row['sockets']} sockets: per CPU second we deliver **{cpu}** times as much, "
                f"by the clock {rate} times."
            )
    return "\n".join(lines) + "\n"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
