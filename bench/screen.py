"""The feed's like as people see it: from the tap to the red heart, and to the number in another's browser."""

import contextlib
import os
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.test import Client, override_settings
from playwright.sync_api import Browser, Page

from accounts.actions import follow_user
from accounts.models import User
from bench import figures, machine, report
from bench.load import Load
from bench.servers import Servers
from content.actions import unlike_post
from content.models import Like, Post
from project import static
from project.demo.seed import seed
from tests.support import browser as chromium
from tests.support.draining import drain_all

FEW = {"people": 4, "posts": 6}
PHONE = {"width": 390, "height": 844}
SEED = 5

# What the tapping page notes: when it was tapped, by the event's own clock, and how its next frame begins. The
# page's clocks start at `timeOrigin`, which is the machine's time: pages of one machine share it.
NOTE_TAPS = """(post) => {
  window.taps = [];
  const button = document.querySelector(`like-button[data-post="${post}"]`);
  button.addEventListener("click", ({ timeStamp }) => requestAnimationFrame(() => taps.push({
    at: performance.timeOrigin + timeStamp,
    frame: performance.now() - timeStamp,
    liked: button.dataset.liked === "true",
    colour: getComputedStyle(button.querySelector("svg")).fill,
  })), true);
}"""
NOTE_COUNTS = """(post) => {
  window.counts = [];
  const count = document.querySelector(`live-count[data-post="${post}"][data-kind="likes"]`);
  const note = () => counts.push([performance.timeOrigin + performance.now(), Number(count.textContent)]);
  new MutationObserver(note).observe(count, { childList: true, characterData: true, subtree: true });
}"""
SHOWS = "(want) => counts.at(-1)?.[1] === want"


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap of the heart that likes; in milliseconds from the tap."""

    colour: str  # of the heart in the next frame
    frame: float  # until that frame is drawn
    counted: float  # until the other browser's number has changed


def measure(servers: Servers, _: Load, *, sockets: int, seconds: float) -> dict[str, Any]:
    """So many likes, each taken back before the next; pauses of up to so many seconds, as counters have a pulse."""
    machine.unpin(os.getpid())  # and the services: a browser takes what it gets
    with override_settings(DEBUG=True):  # else the demo refuses a database that is none of its own
        seed(**FEW)
    static.collect()
    ben, chloe = (User.objects.get(username=name) for name in ("ben", "chloe"))
    for person in (ben, chloe):
        follow_user(username="ana", actor_id=person.id)
    post = Post.objects.filter(author__username="ana").latest("id")
    unlike_post(post_id=post.id, actor_id=ben.id)
    drain_all()
    with servers.photophore(worker=True) as web, chromium.launched() as browser:
        machine.unpin(web.web_pid)
        url = f"http://127.0.0.1:{web.port}"
        with _feed(browser, url, ben) as his, _feed(browser, url, chloe) as hers:
            taps = _tap(his, hers, post.id, count=sockets, pause_seconds=seconds)
            shown = hers.evaluate("counts.at(-1)[1]")
    counted = shown == Like.objects.filter(post=post).count()
    return {"likes": sockets, "seconds": seconds, "counted": counted, "taps": [asdict(tap) for tap in taps]}


def section(result: dict[str, Any]) -> str:
    """What the page says of it."""
    waits = {name: [tap[name] for tap in result["taps"]] for name in ("frame", "counted")}
    rows = [
        [words, *(f"{figures.percentile(waits[name], percent):.1f}" for percent in (50, 99, 100))]
        for name, words in (("frame", "the next frame, with the heart red"), ("counted", "the other browser's number"))
    ]
    return f"""\
## From a tap to two screens

Two people have the same post in their feeds, each in a Chromium of their own, 390 px wide; one taps the heart
{result["likes"]} times, and as often again to take it back, which is not counted. Milliseconds from the event's own
time stamp, by the clock that pages of one machine share. The browsers, the server and the services have both cores.

{report.table(["from the tap to", "p50 ms", "p99", "max"], rows)}"""


def gates(result: dict[str, Any]) -> list[report.Gate]:
    """Red in one frame, and a number that is true."""
    colours = [tap["colour"] for tap in result["taps"]]
    red = sum(_is_red(colour) for colour in colours)
    return [
        report.Gate("a tapped heart is red in the next frame", f"{red} of {len(colours)}", kept=red == len(colours)),
        report.Gate(
            "the other browser's number ends as COUNT(*)",
            "equal" if result["counted"] else "NOT equal",
            kept=result["counted"],
        ),
    ]


def _is_red(colour: str) -> bool:
    """Whether a computed fill is a colour with more red than all else; `none` is the empty heart."""
    parts = [float(part) for part in colour.strip("rgba()").split(",")] if colour.startswith("rgb") else []
    return len(parts) >= 3 and parts[0] > max(parts[1], parts[2])


@contextlib.contextmanager
def _feed(browser: Browser, url: str, person: User) -> Iterator[Page]:
    """Somebody's feed, live, in a browser of their own."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=url, viewport=PHONE)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def _tap(his: Page, hers: Page, post_id: int, *, count: int, pause_seconds: float) -> list[Tap]:
    """Tap, wait for the other screen, tap again; answer the taps that liked."""
    for page, note in ((his, NOTE_TAPS), (hers, NOTE_COUNTS)):
        page.locator(f'like-button[data-post="{post_id}"]').scroll_into_view_if_needed()
        page.evaluate(note, str(post_id))
    button = his.locator(f'like-button[data-post="{post_id}"] button')
    before, chance = Like.objects.filter(post=post_id).count(), random.Random(SEED)
    for liked in [True, False] * count:
        time.sleep(chance.uniform(0.2, 0.2 + pause_seconds))
        button.click()
        hers.wait_for_function(SHOWS, arg=before + liked)
    counts = hers.evaluate("counts")
    return [_tap_of(tap, counts, before + 1) for tap in his.evaluate("taps") if tap["liked"]]


def _tap_of(tap: dict[str, Any], counts: list[tuple[float, int]], want: int) -> Tap:
    counted = next(at for at, shown in counts if at > tap["at"] and shown == want)
    return Tap(tap["colour"], tap["frame"], counted - tap["at"])
