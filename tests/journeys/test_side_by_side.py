"""Two people side by side, through all that they may do to each other: what one does, the other's screen shows.

Each step leaves a picture of both screens among the artefacts.
"""

import re

from playwright.sync_api import expect

from accounts.models import Follow, FollowRequest
from content import actions
from content.models import Comment, Like, Post
from notifications.queries import unread_count
from tests.support import photos
from tests.support.build import make_follow, make_media, make_post, make_user, make_users
from tests.support.faultproxy import FaultProxy
from tests.support.newcomer import sign_up
from tests.support.wait import until


def share_an_album(page, caption):
    page.goto("/new/")
    images = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": photos.turned_jpeg(n, 960, 640)} for n in (1, 6)]
    page.locator("#photos").set_input_files(images)
    states = page.locator("[data-part=rows] [data-part=state]")
    develop(page, page.get_by_role("button", name="Edit", exact=True).first)
    expect(states).to_have_text([re.compile("Ready|Uploaded", re.IGNORECASE)] * 2)
    for at, words in enumerate(("Light through water", "The same, turned")):
        page.get_by_label("Describe this photo").nth(at).fill(words)
    page.get_by_label("Caption").fill(caption)
    page.get_by_role("button", name="Share").click()
    page.wait_for_url("**/p/*/")
    until(lambda: Post.objects.filter(published_at__isnull=False).exists())
    sizes = list(Post.objects.get().media.order_by("position").values_list("width", "height"))
    assert sizes == [(640, 640), (960, 640)]


def develop(page, edit):
    """Make a photo square, and black and white."""
    edit.click()
    editor = page.get_by_role("dialog", name="Edit photo")
    editor.get_by_text("1:1", exact=True).click()
    editor.get_by_role("tab", name="Filters").click()
    editor.get_by_text("Ink", exact=True).click()
    editor.get_by_role("button", name="Done").click()


def say(page, text, *, seen_by=None):
    """Comment; `seen_by` sees on another screen that somebody types, as long as they do."""
    page.get_by_label("Your comment").press_sequentially(text, delay=1)
    if seen_by is not None:
        expect(seen_by.locator("typing-note")).to_contain_text("is typing…")
    page.get_by_role("button", name="Post").click()


def toast(page, kind):
    return page.locator(f"toast-stack .toast[data-kind={kind}]")


def test_two_people_from_the_sign_up_to_the_block(visit, keep):
    hers, his = visit(), visit()
    for page, username in ((hers, "ana"), (his, "ben")):
        sign_up(page, username)

    his.goto("/@ana/")
    his.get_by_role("button", name="Follow").click()
    expect(toast(hers, "follow")).to_contain_text("ben started following you")
    keep("1-followed", ana=hers, ben=his)

    share_an_album(hers, "Two lanterns")
    post = hers.url
    his.goto("/")
    expect(his.get_by_text("Two lanterns")).to_be_visible()
    keep("2-shared", ana=hers, ben=his)

    his.get_by_role("button", name="Like").click()
    expect(toast(hers, "like")).to_contain_text("ben liked your photo")
    expect(hers.locator("live-count[data-kind=likes]")).to_have_text("1")
    his.goto(post)
    say(his, "What a light!")
    expect(hers.locator("[data-comment]")).to_contain_text(["What a light!"])
    keep("3-liked-and-commented", ana=hers, ben=his)

    say(hers, "Come along next time, @ben.", seen_by=his)
    expect(his.locator("[data-comment]")).to_contain_text(["What a light!", "Come along next time, @ben."])
    expect(his.locator("typing-note")).to_have_text("")
    keep("4-answered", ana=hers, ben=his)

    his.get_by_role("button", name="Like").first.click()
    his.locator("[data-comment]").first.get_by_role("button", name="Delete").click()
    expect(hers.locator("[data-comment]")).to_have_count(1, timeout=15_000)  # for five seconds it can be had back
    expect(hers.locator("live-count[data-kind=likes]")).to_have_text("0")
    expect(hers.locator("notification-badge")).to_have_attribute("data-count", "1")  # the follow is left
    keep("5-taken-back", ana=hers, ben=his)

    hers.goto("/settings/privacy/")
    hers.get_by_label("Private account").check()
    hers.get_by_role("button", name="Save").click()
    his.goto("/@ana/")
    his.get_by_role("button", name="Following").click()
    until(lambda: not Follow.objects.exists())  # the button is ahead of the server
    his.reload()
    expect(his.get_by_text("This account is private")).to_be_visible()
    keep("6-private", ana=hers, ben=his)

    his.get_by_role("button", name="Follow").click()
    expect(his.get_by_role("button", name="Requested")).to_be_visible()
    until(FollowRequest.objects.exists)
    hers.goto("/settings/requests/")
    hers.get_by_role("button", name="Accept ben").click()
    expect(his.get_by_role("button", name="Following")).to_be_visible()
    keep("7-asked-and-let-in", ana=hers, ben=his)

    hers.goto("/@ben/")
    hers.get_by_label("More about ben").click()
    hers.get_by_role("button", name="Block ben").click()
    expect(hers.get_by_text("You have blocked this person")).to_be_visible()
    assert his.goto("/@ana/").status == 404
    keep("8-blocked", ana=hers, ben=his)


def test_a_talk_reads_the_same_on_both_screens(visit, keep):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, photos=0)
    make_media(ana, post=post, files=True)
    hers, his = visit(ana), visit(ben)
    for page in (hers, his):
        page.goto(f"/p/{post.id}/")
    talk = ["What a light!", "Six in the morning.", "You were up?", "I had not slept."]

    for at, text in enumerate(talk):
        speaker, listener = (his, hers) if at % 2 == 0 else (hers, his)
        say(speaker, text)
        expect(listener.locator("[data-comment]")).to_contain_text(talk[: at + 1])

    expect(his.locator("[data-comment]")).to_contain_text(talk)
    assert list(Comment.objects.order_by("id").values_list("text", flat=True)) == talk
    keep("talk", ana=hers, ben=his)


def test_likes_given_offline_are_merged_once_the_line_is_back(visit, keep):
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)
    posts = [make_post(ana, photos=0) for _ in range(3)]
    for post in posts:
        make_media(ana, post=post, files=True)
    hers, his = visit(ana), visit(ben)
    hers.goto("/")
    his.goto("/")
    hearts = [his.locator(f'like-button[data-post="{post.id}"] button') for post in posts]

    his.context.set_offline(True)
    for heart, taps in zip(hearts, (1, 2, 3), strict=True):
        for _ in range(taps):
            heart.click()
    keep("offline", ana=hers, ben=his)
    his.context.set_offline(False)

    for post, likes in zip(posts, ("1", "0", "1"), strict=True):
        for page in (hers, his):
            count = page.locator(f'live-count[data-post="{post.id}"][data-kind=likes]')
            count.scroll_into_view_if_needed()  # what nobody sees is not kept live
            expect(count).to_have_text(likes)
    assert set(Like.objects.values_list("post", "user")) == {(posts[0].id, ben.id), (posts[2].id, ben.id)}
    keep("merged", ana=hers, ben=his)


def test_what_was_missed_while_the_line_was_cut_is_filled_in_without_a_reload(visit, stack, keep):
    ana, ben = make_user("ana"), make_user("ben")
    post = make_post(ana, photos=0)
    make_media(ana, post=post, files=True)
    with FaultProxy(stack.port) as proxy:
        hers = visit(ana, base_url=f"http://127.0.0.1:{proxy.port}")
        hers.goto(f"/p/{post.id}/")
        expect(hers.locator("live-banner")).to_be_hidden()
        hers.evaluate("window.same = true")

        proxy.set("cut")
        said = [actions.comment(post_id=post.id, actor_id=ben.id, text=f"Comment {n}") for n in range(3)]
        actions.delete_comment(comment_id=said[1].id, actor_id=ben.id)
        actions.like_post(post_id=post.id, actor_id=ben.id)
        expect(hers.locator("live-banner")).to_be_visible()
        keep("cut", ana=hers)
        proxy.set("ok")

        expect(hers.locator("[data-comment]")).to_contain_text(["Comment 0", "Comment 2"])
        expect(hers.locator("live-count[data-kind=likes]")).to_have_text("1")
        expect(hers.locator("notification-badge")).to_have_attribute("data-count", str(unread_count(ana.id)))
        assert hers.evaluate("window.same")
        keep("filled", ana=hers)
