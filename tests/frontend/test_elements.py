"""The other elements: banner, follow, photo frame, times, endless lists."""

import re

import pytest

from tests.frontend.pieces import TOASTS
from tests.frontend.site import FRONTEND
from tests.frontend.wire import event
from tests.support.wait import until

FOLLOW = """<follow-button data-username=ben data-user=2 data-following=no><form method=post action="/@ben/follow/">
<input type=hidden name=undo value=1 disabled><button type=submit>Follow</button></form></follow-button>"""
BANNER = "<live-banner role=status data-login=/accounts/login/ hidden></live-banner>"
FRAME = """<media-frame data-media=9 data-state=processing data-sizes="100vw"><svg viewBox="0 0 4 5"></svg>
<span class=media-frame__state>Processing…</span></media-frame>
<template id=media-photo><img data-part=photo></template>
<template id=media-video><video data-part=video></video></template>
<template id=media-failed><span><span data-part=reason>No.</span></span></template>"""
MENU = """<details class=menu><summary>More</summary><a href="/p/7/edit/">Edit</a></details>"""


def banner(tab, state):
    tab.page.wait_for_function(
        "state => document.querySelector('live-banner').dataset.state === (state ?? undefined)", arg=state
    )
    return tab.page.locator("live-banner").text_content()


def test_the_banner_is_silent_about_a_short_break(tab, wire):
    line = tab.live(BANNER)
    banner(tab, None)

    line.close(4001)

    assert banner(tab, "connecting") == ""


def test_the_banner_tells_of_a_longer_break_and_of_its_end(tab, wire):
    line = tab.live(BANNER)
    banner(tab, None)

    line.close(4001)
    again = wire.accept()
    broken = banner(tab, "reconnecting")
    again.welcome()

    assert (broken, banner(tab, "back")) == ("Reconnecting…", "Back online")


def test_the_banner_tells_that_the_server_is_paused(tab):
    line = tab.live(BANNER)

    line.tell({"t": "st", "topic": "live", "ver": 1, "d": {"state": "paused", "why": "bus"}})

    assert banner(tab, "paused") == "Live updates paused, reconnecting"


def test_the_banner_tells_of_maintenance_in_the_operator_s_words_until_it_ends(tab):
    line = tab.live(BANNER)

    told = {"state": "ok", "why": "bus", "maintenance": {"until": None, "message": "New disks."}}
    line.tell({"t": "st", "topic": "live", "ver": 1, "d": told})
    said = banner(tab, "maintenance")
    line.tell({"t": "st", "topic": "live", "ver": 2, "d": {"state": "ok", "why": "bus"}})

    assert said == "Maintenance: nothing can be changed for now. New disks."
    assert banner(tab, "back") == "Back online"


def test_the_banner_tells_that_the_session_ended(tab):
    line = tab.live(BANNER)

    line.close(4423)

    told = banner(tab, "stopped")
    link = tab.page.get_by_role("link", name="Sign in again").get_attribute("href")
    assert (told, link) == ("This session was ended elsewhere. Sign in again", "/accounts/login/?next=%2F")


def test_the_banner_tells_that_the_account_is_suspended(tab):
    line = tab.live(BANNER)

    line.close(4403)

    assert banner(tab, "stopped") == "This account is suspended."


def test_following_is_shown_at_once_and_put(tab, site):
    tab.live(FOLLOW)
    site.answer("PUT /api/v1/users/ben/follow", (200, {"following": "yes", "followed_by": False}))
    with tab.page.expect_response("**/follow"):
        tab.page.get_by_role("button", name="Follow").click()

    state = tab.page.locator("follow-button").get_attribute("data-following")
    assert (state, [asked.method for asked in site.asked]) == ("yes", ["PUT"])


PRIVATE = FOLLOW.replace("data-following=no", "data-following=yes data-private").replace("disabled", "")


def test_leaving_a_private_person_waits_until_it_can_not_be_taken_back(timed, site):
    timed.live(PRIVATE + TOASTS)
    site.answer("DELETE /api/v1/users/ben/follow", (200, {"following": "no", "followed_by": False}))

    timed.page.get_by_role("button", name="Follow").click()
    said = timed.page.locator(".toast [data-part=text]").text_content()
    before = len(site.asked)
    timed.page.clock.run_for(5_100)

    until(lambda: [asked.method for asked in site.asked] == ["DELETE"])
    assert (said, before) == ("You no longer follow ben.", 0)


def test_leaving_a_private_person_can_be_taken_back(tab, site):
    tab.live(PRIVATE + TOASTS)

    tab.page.get_by_role("button", name="Follow").click()
    tab.page.get_by_role("button", name="Undo").click()

    assert (tab.page.locator("follow-button").get_attribute("data-following"), site.asked) == ("yes", [])


def test_following_on_another_device_shows_here(tab):
    line = tab.live(FOLLOW)

    line.tell(event(11, "user.followed", user="2", username="ben", following="yes"))
    tab.drawn(line, 12)

    assert tab.page.locator("follow-button").get_attribute("data-following") == "yes"


def test_a_frame_swaps_in_the_photo_when_it_is_ready(tab):
    line = tab.live(FRAME)
    media = {"id": "9", "state": "ready", "width": 4, "height": 5, "alt": "A cat", "reason": None}

    line.tell(event(11, "post.media", media=media | {"urls": {"320": "/a", "1080": "/b"}}, post="7"))
    tab.page.locator("media-frame img").wait_for(state="attached")

    script = (
        "all => all.map((img) => [img.srcset, img.alt, ...['width', 'height'].map((name) => img.getAttribute(name))])"
    )
    assert tab.page.locator("media-frame img").evaluate_all(script) == [["/a 320w, /b 1080w", "A cat", "4", "5"]]


def test_a_frame_tells_why_there_is_no_photo(tab):
    line = tab.live(FRAME)

    line.tell(event(11, "post.media", media={"id": "9", "state": "failed", "reason": "Not a photo."}, post="7"))
    tab.drawn(line, 12)

    frame = tab.page.locator("media-frame")
    assert (frame.text_content().strip(), frame.locator("svg").count()) == ("Not a photo.", 1)


def test_a_frame_swaps_in_the_video_when_it_is_ready(tab):
    line = tab.live(FRAME)
    media = {"id": "9", "kind": "video", "state": "ready", "width": 16, "height": 9, "alt": "Waves", "reason": None}
    files = {"urls": {"320": "/a", "1080": "/b"}, "videos": {"480": "/a.mp4", "720": "/b.mp4"}}

    line.tell(event(11, "post.media", media=media | files, post="7"))
    tab.page.locator("media-frame video").wait_for(state="attached")

    script = "video => ['src', 'poster', 'width', 'height', 'aria-label'].map((name) => video.getAttribute(name))"
    assert tab.page.locator("media-frame video").evaluate(script) == ["/b.mp4", "/b", "16", "9", "Waves"]


def test_a_menu_closes_at_a_click_elsewhere(tab):
    tab.live(MENU + "<p>elsewhere</p>")
    tab.page.get_by_text("More").click()
    opened = tab.page.locator("details").evaluate("menu => menu.open")

    tab.page.get_by_text("elsewhere").click()

    assert (opened, tab.page.locator("details").evaluate("menu => menu.open")) == (True, False)


def test_escape_closes_a_menu_and_gives_the_focus_back(tab):
    tab.live(MENU)
    tab.page.get_by_text("More").click()
    tab.page.get_by_text("Edit").focus()

    tab.page.keyboard.press("Escape")

    script = "menu => [menu.open, document.activeElement.tagName]"
    assert tab.page.locator("details").evaluate(script) == [False, "SUMMARY"]


def test_a_link_is_copied_instead_of_followed(tab, site):
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    tab.live(f"<copy-link><a href='/p/7/'>Copy link</a></copy-link>{TOASTS}")

    tab.page.get_by_role("link", name="Copy link").click()
    tab.page.locator("toast-stack").get_by_text("Link copied").wait_for()

    assert tab.page.evaluate("navigator.clipboard.readText()") == f"{site.url}/p/7/"


@pytest.mark.parametrize(
    ("seconds", "words"), [(-5, "now"), (59, "now"), (60, "1m"), (7_199, "1h"), (90_000, "yesterday"), (172_800, "2d")]
)
def test_a_time_is_told_in_words(page, seconds, words):
    told = page.evaluate(
        "async (seconds) => (await import('/static/js/lib/ago.js')).ago(new Date(0), new Date(seconds * 1000), 'en')",
        seconds,
    )

    assert re.sub(r"\s*ago$", "", told) == words


def test_a_list_goes_on_before_its_end_is_reached(tab, site):
    site.pages["/?after=2&fragment=1"] = "<li id=c>c</li><a class=load-more rel=next href='/?after=3'>More</a>"
    site.pages["/?after=3&fragment=1"] = "<li id=c>again</li><li id=d>d</li>"
    next_link = "<load-more><a class=load-more rel=next href='/?after=2'>More</a></load-more>"

    tab.open("<ol><li id=b>b</li></ol>" + next_link)
    tab.page.locator("load-more").wait_for(state="detached")

    assert tab.page.locator("li").all_text_contents() == ["b", "c", "d"]


def test_unloading_is_listened_to_by_nobody():
    scripts = [path.read_text() for path in (FRONTEND / "static" / "js").rglob("*.js")]

    assert [script for script in scripts if '"unload"' in script] == []
