"""A browser in which no websocket opens: everything goes on over Server-Sent Events."""

from playwright.sync_api import expect

from content.actions import comments, likes
from tests.support.build import make_media, make_post, make_user

AFTER_THREE_TRIES_MS = 20_000


def test_a_page_without_websockets_is_live_all_the_same(visit):
    ana, ben = make_user("ana"), make_user("ben")
    post = make_post(ana, photos=0)
    make_media(ana, post=post, files=True)
    page = visit(ana)
    page.add_init_script("delete window.WebSocket")
    page.goto(f"/p/{post.id}/")
    expect(page.locator("live-banner")).to_have_text("Back online", timeout=AFTER_THREE_TRIES_MS)

    likes.like_post(post_id=post.id, actor_id=ben.id)
    comments.comment(post_id=post.id, actor_id=ben.id, text="What a light!")

    expect(page.locator("toast-stack .toast[data-kind=like]")).to_contain_text("ben liked your photo")
    expect(page.locator("[data-comment]")).to_contain_text("What a light!")
