"""Two people in two real browsers: what one does, the other sees, without a reload; and its undoing."""

import pytest
from playwright.sync_api import expect

from tests.support.build import make_media, make_post, make_user


@pytest.fixture
def ana(stack):
    return make_user("ana", name="Ana Lima")


@pytest.fixture
def ben(stack):
    return make_user("ben", name="Ben Okri")


@pytest.fixture
def post(ana):
    post = make_post(ana, caption="Morning light", photos=0)
    make_media(ana, post=post, files=True)
    return post


def test_a_like_a_comment_and_a_follow_show_at_once_and_go_again(visit, ana, ben, post):
    hers, his = visit(ana), visit(ben)
    hers.goto("/")
    his.goto(f"/p/{post.id}/")
    likes = hers.locator("live-count[data-kind=likes]")
    badge = hers.locator("notification-badge")

    def toast(kind):
        return hers.locator(f"toast-stack .toast[data-kind={kind}]")

    his.get_by_role("button", name="Like", exact=True).click()
    expect(toast("like")).to_contain_text("ben liked your photo")
    expect(likes).to_have_text("1")
    expect(badge).to_have_attribute("data-count", "1")

    his.get_by_label("Your comment").fill("What a light!")
    his.get_by_role("button", name="Post").click()
    expect(toast("comment")).to_contain_text("ben commented")
    expect(hers.locator("live-count[data-kind=comments]")).to_have_text("1")
    expect(badge).to_have_attribute("data-count", "2")

    his.goto("/@ana/")
    his.get_by_role("button", name="Follow").click()
    expect(toast("follow")).to_contain_text("ben started following you")
    expect(badge).to_have_attribute("data-count", "3")

    his.goto(f"/p/{post.id}/")
    his.get_by_role("button", name="Like", exact=True).click()
    expect(badge).to_have_attribute("data-count", "2")
    expect(likes).to_have_text("0")
    expect(toast("like")).to_have_count(0)


def test_a_comment_shows_under_the_open_post_and_goes_when_it_is_deleted(visit, ana, ben, post):
    hers, his = visit(ana), visit(ben)
    hers.goto(f"/p/{post.id}/")
    his.goto(f"/p/{post.id}/")

    his.get_by_label("Your comment").fill("<b>What</b> a light!")
    his.get_by_role("button", name="Post").click()
    expect(hers.locator("[data-comment]")).to_contain_text("<b>What</b> a light!")

    his.reload()
    his.locator("[data-comment]").get_by_role("button", name="Delete").click()
    his.goto("/")  # what waits to be taken back is done when its page goes
    expect(hers.locator("[data-comment]")).to_have_count(0)
    expect(hers.locator("live-count[data-kind=comments]")).to_have_text("0")
