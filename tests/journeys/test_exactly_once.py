"""A line that loses, repeats and turns round what the server says: the screen shows what is in SQL, all the same."""

import contextlib
import random

from accounts.actions import follow_user, unfollow_user
from content import actions
from content.models import Comment, Like, Post
from notifications.queries import notification_page, unread_count
from tests.support import wsframes
from tests.support.build import make_post, make_users
from tests.support.faultproxy import FaultProxy
from tests.support.wait import until

DEEDS = 200
GROUPS = "[...document.querySelectorAll('[data-group]')].map(({ dataset }) => [dataset.group, dataset.read])"
COMMENTS = "[...document.querySelectorAll('comment-list [data-comment]')].map(({ dataset }) => dataset.comment)"
COUNTS = "[...document.querySelectorAll('live-count')].map(({ textContent }) => Number(textContent))"
BADGE = "Number(document.querySelector('notification-badge').dataset.count)"


def do(deed, post, person, chance):
    """One deed of somebody; what has been done already, or cannot be taken back, changes nothing."""
    own = Comment.objects.filter(post=post, author=person)
    match deed:
        case "like":
            actions.like_post(post_id=post.id, actor_id=person.id)
        case "unlike":
            actions.unlike_post(post_id=post.id, actor_id=person.id)
        case "comment":
            actions.comment(post_id=post.id, actor_id=person.id, text=f"Lovely, {chance.random()}.")
        case "delete" if own.exists():
            actions.delete_comment(comment_id=chance.choice(own.order_by("id")).id, actor_id=person.id)
        case "follow":
            follow_user(username="ana", actor_id=person.id)
        case "unfollow":
            unfollow_user(username="ana", actor_id=person.id)


def in_sql(ana, post):
    """The lists and numbers as rows have them."""
    groups = [[str(group.id), str(group.read).lower()] for group in notification_page(ana.id, limit=50).items]
    comments = [str(id) for id in Comment.objects.filter(post=post).order_by("id").values_list("id", flat=True)]
    return groups, comments, [Like.objects.filter(post=post).count(), len(comments)], unread_count(ana.id)


def on_screen(list_page, post_page):
    badges = {page.evaluate(BADGE) for page in (list_page, post_page)}
    return (
        list_page.evaluate(GROUPS),
        post_page.evaluate(COMMENTS),
        post_page.evaluate(COUNTS),
        badges.pop() if len(badges) == 1 else badges,
    )


def test_whatever_the_line_does_the_screen_comes_to_show_what_is_in_sql(visit, stack, keep):
    ana, *others = make_users("ana", "ben", "chloe", "dan")
    posts = [make_post(ana) for _ in range(3)]
    post, chance = posts[0], random.Random(5)
    with FaultProxy(stack.port, kind=wsframes) as proxy:
        proxy.lossy(drop=0.1, duplicate=0.2, reorder=0.2, seed=5)
        list_page = visit(ana, base_url=f"http://127.0.0.1:{proxy.port}")
        post_page = visit(ana, base_url=f"http://127.0.0.1:{proxy.port}")
        list_page.goto("/notifications/")
        post_page.goto(f"/p/{post.id}/")

        for _ in range(DEEDS):
            deed = chance.choice(["like", "unlike", "comment", "comment", "delete", "follow", "unfollow"])
            where = post if deed in ("comment", "delete") else chance.choice(posts)
            do(deed, where, chance.choice(others), chance)
        proxy.lossy()  # a browser is told of what it misses by the next frame that comes whole
        proxy.cut_open()

        with contextlib.suppress(AssertionError):  # the next line tells what differs
            until(lambda: on_screen(list_page, post_page) == in_sql(ana, post), seconds=30)
        keep("in-the-end", list=list_page, post=post_page)
        assert on_screen(list_page, post_page) == in_sql(ana, post)
        assert min(proxy.lost, proxy.repeated, proxy.turned) > 20
    post.refresh_from_db()
    assert [post.like_count, post.comment_count] == in_sql(ana, post)[2]
    assert Post.objects.count() == len(posts)
