"""A post with all that one can have, as REST shows it: to its author in the archive, to a follower, in each list."""

from datetime import UTC, datetime

import pytest

from content.cards import rfc3339
from core.ids import created_at
from tests.support.build import (
    address_of,
    make_follow,
    make_like,
    make_media,
    make_post,
    make_save,
    make_users,
    media_json,
)
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

EDITED_AT = datetime(2026, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)
CAPTION = "<Dawn> with @Ben\n#Größe & #sea"
CAPTION_HTML = (
    '&lt;Dawn&gt; with <a href="/@ben/">@Ben</a><br>'
    '<a href="/tags/gr%C3%B6sse/">#Größe</a> &amp; <a href="/tags/sea/">#sea</a>'
)
LARGE = ("320", "640", "1080", "1440")


@pytest.fixture
def people():
    ana, ben = make_users("ana", "ben")
    ana.name, ana.avatar = "Ana “A” Ångström", "face"
    ana.save()
    make_follow(ben, ana)
    return ana, ben


def album(author, **fields):
    """A large photo, a video and a small photo, for followers alone."""
    fields = {"visibility": "followers", "comments_off": True, "edited_at": EDITED_AT, "like_count": 3} | fields
    post = make_post(author, caption=CAPTION, photos=0, comment_count=2, ver=7, **fields)
    large = make_media(author, post=post, position=0, widths=(320, 640, 1080, 1440), width=1440, height=960, alt="Sea")
    video = make_media(author, post=post, position=1, widths=(320, 1080), videos=(480, 1280))
    small = make_media(author, post=post, position=2, widths=(96,))
    return post, large, video, small


def photo(media, viewer, urls, **changes):
    addresses = {promised: address_of(media, proven_for=viewer, width=width) for promised, width in urls.items()}
    return media_json(media, addresses, **changes)


def shape(post, large, video, small, viewer, **changes):
    videos = {width: address_of(video, proven_for=viewer, width=f"{width}.mp4") for width in ("480", "1280")}
    return {
        "id": str(post.id),
        "url": f"/p/{post.id}/",
        "author": {
            "id": str(post.author_id),
            "username": "ana",
            "name": "Ana “A” Ångström",
            "avatar_url": "/media/face/96",
            "url": "/@ana/",
        },
        "caption": CAPTION,
        "caption_html": CAPTION_HTML,
        "media": [
            photo(large, viewer, dict(zip(LARGE, LARGE, strict=True)), width=1440, height=960, alt="Sea"),
            photo(video, viewer, {"320": "320", "1080": "1080"}, kind="video", duration=2.0, videos=videos),
            photo(small, viewer, {"96": "96", "320": "96", "1080": "96"}),
        ],
        "created_at": rfc3339(created_at(post.id)),
        "like_count": 3,
        "comment_count": 2,
        "liked": False,
        "saved": False,
        "ver": 7,
        "state": "published",
        "visibility": "followers",
        "comments_off": True,
        "edited_at": "2026-02-03T04:05:06.789Z",
        "archived": False,
    } | changes


def test_a_follower_sees_all_of_it_with_addresses_for_them_alone(people):
    ana, ben = people
    made = album(ana)
    make_like(made[0], ben)
    make_save(made[0], ben)

    found = Web(ben).get(f"/api/v1/posts/{made[0].id}").json()

    assert found == shape(*made, ben, liked=True, saved=True)


def test_its_author_sees_it_in_the_archive(people):
    ana, _ = people
    made = album(ana, archived_at=EDITED_AT)

    found = Web(ana).get(f"/api/v1/posts/{made[0].id}").json()

    assert found == shape(*made, ana, archived=True)


def test_everybody_has_plain_addresses_of_what_everybody_sees(people):
    ana, ben = people
    made = album(ana, visibility="public", edited_at=None)

    found = Web(ben).get(f"/api/v1/posts/{made[0].id}").json()

    assert found == shape(*made, None, visibility="public", edited_at=None)


def test_what_is_not_ready_says_so(people):
    ana, _ = people
    post = make_post(ana, photos=0, published=False)
    make_media(ana, post=post, state="uploaded", position=0)
    make_media(ana, post=post, state="failed", reason="It is torn.", position=1)

    found = Web(ana).get(f"/api/v1/posts/{post.id}").json()

    shown = [(media["state"], media["reason"], media["urls"]) for media in found["media"]]
    assert (found["state"], shown) == ("waiting", [("processing", None, {}), ("failed", "It is torn.", {})])


@pytest.mark.parametrize("path", ["/api/v1/feed", "/api/v1/users/ana/posts", "/api/v1/me/saved"])
def test_each_list_has_it_as_the_post_itself(people, path):
    ana, ben = people
    post, *_ = album(ana)
    make_save(post, ben)

    web = Web(ben)

    assert web.get(path).json()["items"] == [web.get(f"/api/v1/posts/{post.id}").json()]
