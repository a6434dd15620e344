"""What a page says when Redis goes and comes: the truth."""

from playwright.sync_api import expect

from tests.support.build import make_user


def test_a_page_says_that_live_updates_are_paused_and_that_they_are_back(visit, stack):
    page = visit(make_user("ana"))
    page.goto("/notifications/")
    banner = page.locator("live-banner")
    expect(banner).to_be_hidden()
    valkey = stack.services.running().valkey

    valkey.stop()
    try:
        expect(banner).to_have_text("Live updates paused, reconnecting")
    finally:
        valkey.start()

    expect(banner).to_have_text("Back online")
    expect(banner).to_be_hidden()
