"""The other elements: banner, follow, photo frame, times, endless lists, upload."""

import re

import pytest

from tests.frontend.wire import event

FOLLOW = """<follow-button data-username=ben data-user=2 data-following=no><form method=post action="/@ben/follow/">
<input type=hidden name=undo value=1 disabled><button type=submit>Follow</button></form></follow-button>"""
BANNER = "<live-banner role=status data-login=/accounts/login/ hidden></live-banner>"
FRAME = """<media-frame data-media=9 data-state=processing data-sizes="100vw">Processing…</media-frame>
<template id=media-photo><img data-part=placeholder><img data-part=photo></template>
<template id=media-failed><span><span data-part=reason>No.</span></span></template>"""
UPLOAD = """<photo-upload data-media-url="/api/v1/media" data-max-files=2>
<form method=post action="/new/"><p data-part=error hidden></p><div data-part=drop><input type=file multiple required
data-part=input></div><ol data-part=rows hidden></ol><textarea data-part=caption></textarea>
<button type=submit data-part=submit>Share</button><p data-part=status></p></form>
<template data-part=row><li data-state=waiting><img data-part=preview><input data-part=alt>
<progress max=100 data-part=progress></progress><span data-part=state></span><span data-part=name></span>
<button type=button data-part=retry hidden>Again</button><button type=button data-part=remove>Remove</button></li>
</template></photo-upload>"""
PICTURE = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff"}


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

    assert tab.page.locator("media-frame").text_content() == "Not a photo."


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


def test_photos_go_up_and_become_a_post(tab, site):
    tab.live(UPLOAD)
    site.pages["/p/70/"] = "<title>The post</title>"
    site.answer("POST /api/v1/media", (202, {"id": "9", "state": "processing"}))
    site.answer("PATCH /api/v1/media/9", (200, {}))
    site.answer("POST /api/v1/posts", (201, {"id": "70", "url": "/p/70/"}))

    tab.page.locator("[data-part=input]").set_input_files([PICTURE])
    tab.page.locator("[data-part=rows] [data-part=alt]").fill("A cat")
    tab.page.locator("[data-part=caption]").fill("Hello")
    tab.page.get_by_role("button", name="Share").click()
    tab.page.wait_for_url("**/p/70/")

    said = [(asked.method, asked.body) for asked in site.asked if asked.path != "/api/v1/media"]
    assert said == [
        ("PATCH", {"alt": "A cat"}),
        ("POST", {"caption": "Hello", "media": ["9"], "visibility": "public"}),
    ]


def test_a_photo_that_was_refused_says_why_and_can_be_tried_again(tab, site):
    tab.live(UPLOAD)
    site.answer("POST /api/v1/media", (422, {"title": "No", "detail": "Not a photo."}), (202, {"id": "9"}))
    tab.page.locator("[data-part=input]").set_input_files([PICTURE])
    row = tab.page.locator("[data-part=rows] > li")

    row.locator("[data-part=state]", has_text="Not a photo.").wait_for()
    tab.page.get_by_role("button", name="Again").click()
    tab.page.locator("[data-part=rows] > [data-state=processing]").wait_for()

    assert [asked.path for asked in site.asked] == ["/api/v1/media", "/api/v1/media"]


def test_more_photos_than_a_post_may_have_are_told(tab, site):
    tab.live(UPLOAD)
    site.answer("POST /api/v1/media", (202, {"id": "9"}))

    tab.page.locator("[data-part=input]").set_input_files([PICTURE] * 3)

    rows = tab.page.locator("[data-part=rows] > li").count()
    assert (rows, tab.page.locator("[data-part=error]").text_content()) == (2, "A post has at most 2 photos.")
