"""The pages of posts, as forms and links, and the photos in them."""

from urllib.parse import parse_qsl

import pytest

from content.models import Comment, CommentLike, Like, Media, MediaPurpose, Post
from core import clock
from tests.support import photos
from tests.support.build import (
    make_comment,
    make_follow,
    make_like,
    make_media,
    make_post,
    make_reply,
    make_user,
    make_users,
)
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def sent_to(answer):
    return answer.status_code, answer["Location"]


def test_home_of_nobody_is_a_welcome_with_the_latest_posts():
    post = make_post(make_user())
    make_post(make_user("shy"), published=False)

    answer = Web().get("/")

    assert answer.templates[0].name == "welcome.html"
    assert [card.id for card in answer.context["posts"]] == [post.id]


def test_home_is_the_feed():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    post = make_post(ben)

    answer = Web(ana).get("/")

    assert answer.templates[0].name == "home.html"
    assert [card.id for card in answer.context["page"].items] == [post.id]


@pytest.mark.parametrize(
    ("path", "name", "template"),
    [
        ("/", "1", "content/_feed_items.html"),
        ("/@ana/", "1", "accounts/_grid_items.html"),
        ("/p/{post}/", "comments", "content/_comments_items.html"),
        ("/p/{post}/?thread={comment}", "replies", "content/_replies_items.html"),
    ],
)
def test_a_fragment_is_only_the_rows(path, name, template):
    ana = make_user()
    post = make_post(ana)
    comment = make_comment(post, ana)
    path, _, query = path.format(post=post.id, comment=comment.id).partition("?")

    answer = Web(ana).get(path, {"fragment": name} | dict(parse_qsl(query)))

    assert answer.templates[0].name == template


def test_profile_is_shown_to_anybody():
    post = make_post(make_user("ana", name="Ana"))

    answer = Web().get("/@ana/")

    assert [card.id for card in answer.context["page"].posts.items] == [post.id]


def test_profile_of_nobody_is_not_found():
    assert Web().get("/@nobody/").status_code == 404


def test_post_page_shows_the_talk():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, caption="<b>Dawn</b> @ben")
    comment = make_comment(post, ben)

    answer = Web().get(f"/p/{post.id}/")

    assert [view.id for view in answer.context["comments"].items] == [comment.id]
    assert '&lt;b&gt;Dawn&lt;/b&gt; <a href="/@ben/">@ben</a>' in answer.content.decode()


@pytest.mark.parametrize("fields", [{"published": False}, {"deleted_at": clock.now()}])
def test_a_hidden_post_has_no_page(fields):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, **fields)

    assert Web(ben).get(f"/p/{post.id}/").status_code == 404


def test_like_form_likes_and_goes_back():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    answer = Web(ben).post(f"/p/{post.id}/like/", {"next": "/#post"})

    assert sent_to(answer) == (303, "/#post")
    assert list(Like.objects.values_list("user_id", flat=True)) == [ben.id]


def test_like_form_undoes():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    make_like(post, ben)

    answer = Web(ben).post(f"/p/{post.id}/like/", {"undo": "1"})

    assert sent_to(answer) == (303, f"/p/{post.id}/")
    assert Like.objects.count() == 0


def test_forms_send_nobody_to_log_in():
    post = make_post(make_user())

    answer = Web().post(f"/p/{post.id}/like/")

    assert answer.status_code in (302, 303)
    assert answer["Location"].startswith("/accounts/login/")
    assert Like.objects.count() == 0


def test_forms_need_the_csrf_token():
    ana = make_user()
    post = make_post(ana)

    assert Web(ana, csrf=True).post(f"/p/{post.id}/like/").status_code == 403
    assert Like.objects.count() == 0


def test_comment_form_comments_and_goes_back():
    ana = make_user()
    post = make_post(ana)

    answer = Web(ana).post(f"/p/{post.id}/comments/", {"text": "Oh!"})

    assert sent_to(answer) == (303, f"/p/{post.id}/")
    assert Comment.objects.get().text == "Oh!"


def test_comment_form_refused_keeps_what_was_typed():
    ana = make_user()
    post = make_post(ana)

    answer = Web(ana).post(f"/p/{post.id}/comments/", {"text": "x" * 1001})

    assert answer.status_code == 422
    assert answer.context["text"] == "x" * 1001
    assert answer.context["error"].detail == "1,001 characters is over the limit of 1,000."


def test_an_open_thread_shows_its_answers_and_the_form_answers_it():
    ana = make_user()
    post = make_post(ana)
    comment = make_comment(post, ana)
    reply = make_reply(comment, ana)

    answer = Web(ana).get(f"/p/{post.id}/", {"thread": str(comment.id)})

    page = answer.context["page"]
    assert (page.opened.id, [view.id for view in page.replies.items]) == (comment.id, [reply.id])
    assert f'<input type="hidden" name="parent" value="{comment.id}">' in answer.content.decode()


@pytest.mark.parametrize("thread", ["", "x", "7", "9" * 40])
def test_a_thread_that_is_none_is_passed_over(thread):
    ana = make_user()
    post = make_post(ana)

    answer = Web(ana).get(f"/p/{post.id}/", {"thread": thread})

    assert (answer.status_code, answer.context["page"].opened) == (200, None)


def test_comment_form_answers_a_comment():
    ana = make_user()
    post = make_post(ana)
    comment = make_comment(post, ana)

    Web(ana).post(f"/p/{post.id}/comments/", {"text": "Indeed.", "parent": str(comment.id)})

    assert list(Comment.objects.filter(parent=comment).values_list("text", flat=True)) == ["Indeed."]


def test_comment_like_form_likes_and_undoes():
    ana = make_user()
    comment = make_comment(make_post(ana), ana)
    liked = lambda: CommentLike.objects.filter(comment=comment, user=ana).count()  # noqa: E731 -- asked twice

    answer = Web(ana).post(f"/comments/{comment.id}/like/", {"next": "/p/7/"})
    before = liked()
    Web(ana).post(f"/comments/{comment.id}/like/", {"undo": "1"})

    assert (sent_to(answer), before, liked()) == ((303, "/p/7/"), 1, 0)


def test_comment_delete_form_goes_back_to_the_post():
    ana = make_user()
    post = make_post(ana)
    comment = make_comment(post, ana)

    answer = Web(ana).post(f"/comments/{comment.id}/delete/")

    assert sent_to(answer) == (303, f"/p/{post.id}/")
    assert Comment.objects.count() == 0


def test_post_delete_form_goes_to_the_profile():
    ana = make_user()
    post = make_post(ana)

    answer = Web(ana).post(f"/p/{post.id}/delete/")

    assert sent_to(answer) == (303, "/@ana/")
    assert Post.objects.get().deleted_at is not None


def test_new_post_form_uploads_and_posts_at_once(upload):
    form = {"photos": [upload(photos.jpeg()), upload(photos.png())], "caption": "Dawn", "alt": "A cat"}

    answer = Web(make_user()).post("/new/", form)

    post = Post.objects.get()
    assert sent_to(answer) == (303, f"/p/{post.id}/")
    assert post.caption == "Dawn"
    assert list(post.media.order_by("position").values_list("alt", "state")) == [
        ("A cat", "uploaded"),
        ("", "uploaded"),
    ]


@pytest.mark.parametrize(("said", "kept"), [("public", "public"), ("followers", "followers"), ("friends", "followers")])
def test_new_post_form_is_for_whom_it_says_and_for_few_if_in_doubt(upload, said, kept):
    form = {"photos": [upload(photos.jpeg())], "visibility": said, "comments_off": "1"}

    Web(make_user()).post("/new/", form)

    assert Post.objects.values_list("visibility", "comments_off").get() == (kept, True)


def test_new_post_form_refused_keeps_what_was_typed(upload):
    answer = Web(make_user()).post("/new/", {"photos": [upload(photos.TEXT)], "caption": "Dawn"})

    assert answer.status_code == 415
    assert answer.context["caption"] == "Dawn"
    assert "This file is neither a photo nor a video we can read." in answer.content.decode()
    assert Post.objects.count() == 0


def test_new_post_form_without_a_photo_is_refused():
    answer = Web(make_user()).post("/new/", {"caption": "Dawn"})

    assert answer.status_code == 422
    assert answer.context["error"].detail == "Choose a photo first."


def test_new_post_form_tells_its_limits():
    answer = Web(make_user()).get("/new/")

    assert answer.templates[0].name == "content/new.html"
    assert answer.context["most"] == {
        "files": 20,
        "photo_megabytes": 25,
        "video_megabytes": 100,
        "video_seconds": 60,
        "mentions": 20,
    }


def test_avatar_form_takes_the_photo_in(upload):
    answer = Web(make_user()).post("/settings/avatar/", {"file": upload(photos.jpeg())})

    assert sent_to(answer) == (303, "/settings/")
    assert Media.objects.get().purpose == MediaPurpose.AVATAR


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (photos.TEXT, "This file is not a photo we can read. Send JPEG, PNG, WebP, AVIF or HEIC."),
        (None, "Choose a photo first."),
    ],
)
def test_avatar_form_refused_shows_why(data, detail, upload):
    answer = Web(make_user()).post("/settings/avatar/", {"file": upload(data)} if data else {})

    assert answer.context["errors"] == {"avatar": [detail]}
    assert Media.objects.count() == 0


def test_a_rendition_is_served_as_an_image_and_nothing_else(media_root):
    media = make_media(make_user(), purpose=MediaPurpose.AVATAR, files=True)

    answer = Web().get(f"/media/{media.folder}/96")

    names = ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control", "ETag")
    assert answer.content == b"RIFF 96"
    assert [answer[name] for name in names] == [
        "image/webp",
        "nosniff",
        "sandbox; default-src 'none'",
        "public, max-age=86400, s-maxage=300, immutable",
        '"96"',
    ]


def test_a_rendition_the_client_has_is_not_sent_again(media_root):
    media = make_media(make_user(), purpose=MediaPurpose.AVATAR, files=True)

    answer = Web().get(f"/media/{media.folder}/96", headers={"If-None-Match": '"7", "96"'})

    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", '"96"')


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"96"'}])
def test_a_rendition_of_a_hidden_post_is_not_there(media_root, headers):
    ana, ben = make_users("ana", "ben")
    media = make_media(ana, post=make_post(ana, published=False), files=True)

    answers = [Web(user).get(f"/media/{media.folder}/96", headers=headers) for user in (None, ben)]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_photo_in_the_works_is_its_owners(media_root):
    ana = make_user()
    media = make_media(ana, files=True)

    assert Web(ana).get(f"/media/{media.folder}/96").content == b"RIFF 96"


@pytest.mark.parametrize("rest", ["97", "original", "0", "..", "%2e%2e%2f96", "96.webp", "../96"])
def test_what_is_no_rendition_is_not_there(media_root, rest):
    ana = make_user()
    media = make_media(ana, files=True)
    (media_root / media.folder / "original").write_bytes(b"secret")

    assert Web(ana).get(f"/media/{media.folder}/{rest}").status_code == 404


def test_a_rendition_whose_file_is_gone_is_not_there(media_root):
    ana = make_user()
    media = make_media(ana)

    assert Web(ana).get(f"/media/{media.folder}/96").status_code == 404
