"""What one does about a post, by links and forms alone."""

import pytest
from playwright.sync_api import expect

from tests.support.build import make_media, make_post, make_user


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def post(ana):
    post = make_post(ana, caption="Dawn", photos=0)
    make_media(ana, post=post, files=True)
    return post


def test_its_author_edits_a_post_and_puts_it_away(visit, ana, post):
    page = visit(ana, java_script_enabled=False)
    page.goto("/")
    menu = page.get_by_label("More about this post")

    menu.click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Caption").fill("Dusk")
    page.get_by_label("Description of photo 1").fill("A lantern")
    page.get_by_label("Your followers").check()
    page.get_by_role("button", name="Save").click()

    page.wait_for_url(f"/p/{post.id}/")
    expect(page.get_by_role("img", name="A lantern")).to_be_attached()
    page.get_by_role("link", name="Edited").click()
    expect(page.locator("main")).to_contain_text("Dawn")

    page.goto(f"/p/{post.id}/")
    menu.click()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("Archived")).to_be_visible()


def test_a_reader_saves_a_post_and_mutes_it(visit, post):
    page = visit(make_user("ben"), java_script_enabled=False)
    page.goto(f"/p/{post.id}/")

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_have_attribute("aria-pressed", "true")

    page.get_by_label("More about this post").click()
    page.locator("main").get_by_role("link", name="Notifications").click()
    page.get_by_role("button", name="Mute this post").click()
    expect(page.get_by_role("heading", name="You hear nothing of this post")).to_be_visible()


def test_more_leads_to_the_settings_and_out(visit, ana):
    page = visit(ana, java_script_enabled=False)
    page.goto("/")

    page.locator("header summary").click()
    page.get_by_role("link", name="Settings").click()
    page.wait_for_url("/settings/")
    page.locator("header summary").click()
    page.locator("header").get_by_role("button", name="Log out").click()

    expect(page.get_by_role("link", name="Sign up")).to_be_visible()
