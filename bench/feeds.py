"""Feeds at size: what a page costs, and how long a post takes to its followers, at a tenth of a network and at all."""

import os
import statistics
import sys
from typing import Any

from django.conf import settings

from bench import figures, machine, report
from bench.fanout import BATCH, LIKES_A_SECOND, LISTED, TURNS, fan_out
from bench.load import Load
from bench.network import Network
from bench.reading import READERS, SOUGHT, read_all
from bench.servers import Servers

MOST_GROWTH = 2.0  # of a page's median, at ten times the size: its indexes are deeper, and no longer in memory
MOST_SOUGHT_MS = 500.0
TIMES_THE_PIPELINE = 1.0  # a script writes on the spot what the bare pipeline spells out list by list
MOST_FAN_OUT_GROWTH = 1.5  # of what one follower takes, at ten times as many


def measure(servers: Servers, _: Load, *, sockets: int, seconds: float) -> dict[str, Any]:
    """Load a tenth of so many people and of all they do, measure; load the rest, measure again."""
    machine.unpin(os.getpid())  # and all that we have started: loading takes both cores
    network, sizes = Network(sockets), []
    for which in ("a tenth", "all"):
        _say(f"{which}: loading")
        stages = network.load()
        _say("reading")
        pages = read_all(servers, network, seconds)
        _say("fanning out")
        sizes.append(network.size | {"stages": stages, "pages": pages, "fan_out": fan_out(servers, network, seconds)})
    return {"seconds": seconds, "sizes": sizes}


def _say(what: str) -> None:
    print(f"  {what} …", file=sys.stderr, flush=True)


def section(result: dict[str, Any]) -> str:
    """What the page says of it."""
    tenth, full = result["sizes"]
    return f"""\
## Feeds at size

{full["people"]:,} people, {full["posts"]:,} posts of one photo each, {full["follows"]:,} follows, and before that a
tenth of each. Every second person follows the star; otherwise both how many somebody follows and how many follow them
go by Zipf's law. Every fifth person posts and reads. Loaded with COPY, in seconds: {_stages(tenth)}; then
{_stages(full)}.

Each page is read by up to {READERS} people, one after the other, in the process that asks. *Cold*: PostgreSQL has just
started and Redis is empty; what the kernel holds of their files stays. *No list*: only the reader's list is missing.

{report.table(_PAGES.split(" | "), list(map(_page_row, tenth["pages"], full["pages"])))}
One post of the star is handed to all followers, each with a list of {LISTED} posts, medians of {TURNS}. *Bare*: the
same three writes a list, in pipelines of {BATCH:,} followers, from redis-py alone. *Pulled*: as it is by default, above
{settings.FEED_PULL_FOLLOWERS:,} followers. Likes of others' posts are given meanwhile, {LIKES_A_SECOND} a second, and
drained by the same worker: from the commit to the event in Redis.

{report.table(_FAN_OUTS.split(" | "), [_fan_out_row(size["fan_out"]) for size in result["sizes"]])}"""


_PAGES = "page | p50, p99 ms of a tenth | of all | p50 grows | queries"
_FAN_OUTS = "followers | handed, s | bare, s | times | µs each | pulled, s | likes p50, p99 ms alone | meanwhile"


def _stages(size: dict[str, Any]) -> str:
    return ", ".join(f"{name} {took:.1f}" for name, took in size["stages"].items())


def _page_row(tenth: dict[str, Any], full: dict[str, Any]) -> list[str]:
    times = [f"{page['p50_ms']:.1f}, {page['p99_ms']:.1f}" for page in (tenth, full)]
    return [full["name"], *times, f"{_growth(tenth, full):.1f} times", ", ".join(map(str, full["queries"]))]


def _fan_out_row(found: dict[str, Any]) -> list[str]:
    ours, bare = figures.spread(found["ours"]), figures.spread(found["bare"])
    return [
        f"{found['followers']:,}",
        f"{ours.median:.2f} ({ours.least:.2f} to {ours.most:.2f})",
        f"{bare.median:.2f} ({bare.least:.2f} to {bare.most:.2f})",
        str(figures.ratio(found["ours"], found["bare"])),
        f"{_each_us(found):.0f}",
        f"{found['pulled']:.2f}",
        *(f"{likes['p50_ms']:.1f}, {likes['p99_ms']:.1f}" for likes in found["likes"].values()),
    ]


def _growth(tenth: dict[str, Any], full: dict[str, Any]) -> float:
    return float(full["p50_ms"] / tenth["p50_ms"])


def _each_us(found: dict[str, Any]) -> float:
    return statistics.median(found["ours"]) / found["followers"] * 1e6


def gates(result: dict[str, Any]) -> list[report.Gate]:
    """Pages cost what they show and not what there is; a post reaches all as fast as Redis is told by its client."""
    tenth, full = result["sizes"]
    pages = list(zip(tenth["pages"], full["pages"], strict=True))
    differing = [ten["name"] for one, ten in pages if max(one["queries"], default=0) != max(ten["queries"], default=0)]
    sought = {kind.name for kind in SOUGHT}
    growth, grown = max((_growth(one, ten), ten["name"]) for one, ten in pages if ten["name"] not in sought)
    slowest, slow = max((ten["p99_ms"], ten["name"]) for _, ten in pages if ten["name"] in sought)
    found = full["fan_out"]
    times = figures.ratio(found["ours"], found["bare"])
    each = _each_us(found) / _each_us(tenth["fan_out"])
    return [
        report.Gate(
            f"{full['posts']:,} posts: a page asks as many queries at most as at a tenth of that",
            f"differ: {', '.join(differing)}" if differing else "all equal",
            kept=not differing,
        ),
        report.Gate(
            f"… and the p50 of feeds, explore and hashtags grows by at most {MOST_GROWTH:g} times",
            f"{growth:.1f}: {grown}",
            kept=growth <= MOST_GROWTH,
        ),
        report.Gate(
            f"… and the p99 of no search is above {MOST_SOUGHT_MS:g} ms",
            f"{slowest:.0f}: {slow}",
            kept=slowest <= MOST_SOUGHT_MS,
        ),
        report.Gate(
            f"a post to {found['followers']:,} followers: within {TIMES_THE_PIPELINE:g} times the bare pipeline",
            f"{times} times, {statistics.median(found['ours']):.2f} s",
            kept=times.median <= TIMES_THE_PIPELINE,
        ),
        report.Gate(
            f"… for each follower, at most {MOST_FAN_OUT_GROWTH:g} times what it takes to a tenth of them",
            f"{each:.2f} times",
            kept=each <= MOST_FAN_OUT_GROWTH,
        ),
    ]
