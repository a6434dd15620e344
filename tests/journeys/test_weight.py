"""What a page weighs and asks for: scripts and style sheets, as they come over the wire."""

from playwright.sync_api import expect

from tests.support.build import make_follow, make_media, make_post, make_users

MOST_BYTES = 100 * 1024
SIZES = """() => performance.getEntriesByType("resource")
  .filter(({ name }) => /\\.(?:js|css)$/.test(name)).map(({ name, encodedBodySize }) => [name, encodedBodySize])"""


def feed_of(visit):
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    make_media(ben, post=make_post(ben, caption="Light", photos=0), files=True)
    page = visit(ana, service_workers="block")
    page.goto("/")
    expect(page.get_by_text("Light")).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


def test_scripts_and_style_sheets_of_the_feed_are_under_100_kb(visit, stack):
    files = dict(feed_of(visit).evaluate(SIZES))

    assert (len(files) > 50, sum(files.values()) < MOST_BYTES) == (True, True), sum(files.values())


def test_every_module_of_the_feed_is_asked_for_at_once(visit, stack):
    page = feed_of(visit)

    loaded = {name for name in dict(page.evaluate(SIZES)) if name.endswith(".js")}
    linked = page.evaluate(
        "[...document.querySelectorAll('[rel=modulepreload], script[src]')].map((a) => a.href || a.src)"
    )
    assert loaded == set(linked)
