"""Posts and photos over REST: what goes in, what comes out, what is refused and how."""

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from content import actions
from content.cards import rfc3339
from content.models import Comment, Like, Media, MediaState, Post
from core.ids import created_at
from tests.support import photos
from tests.support.build import (
    make_comment,
    make_follow,
    make_like,
    make_media,
    make_post,
    make_user,
    make_users,
    media_json,
)
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def person(user):
    return {
        "id": str(user.id),
        "username": user.username,
        "name": user.name,
        "avatar_url": "",
        "url": f"/@{user.username}/",
    }


def time(row):
    return created_at(row.id).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def photo(media):
    return media_json(media, dict.fromkeys(("96", "320", "1080"), f"/media/{media.folder}/96"))


def shape(post, **changes):
    return {
        "id": str(post.id),
        "url": f"/p/{post.id}/",
        "author": person(post.author),
        "caption": post.caption,
        "caption_html": post.caption,
        "media": [photo(media) for media in post.media.all()],
        "created_at": time(post),
        "like_count": 0,
        "comment_count": 0,
        "liked": False,
        "saved": False,
        "ver": 0,
        "state": "published",
        "visibility": "public",
        "comments_off": False,
        "edited_at": None,
        "archived": False,
    } | changes


def problem(answer):
    body = answer.json()
    return answer.status_code, body["title"], body.get("detail"), [error["field"] for error in body.get("errors", [])]


def test_upload_is_accepted_for_processing(upload):
    answer = Web(make_user()).post("/api/v1/media", {"file": upload(photos.jpeg()), "alt": "A cat"})

    media = Media.objects.get()
    assert (answer.status_code, answer.json()) == (202, {"id": str(media.id), "state": "processing"})
    assert media.alt == "A cat"


def test_upload_of_text_named_jpg_is_refused_with_its_reason(upload):
    answer = Web(make_user()).post("/api/v1/media", {"file": upload(photos.TEXT, "cat.jpg")})

    reason = "This file is neither a photo nor a video we can read. Send JPEG, PNG, WebP, AVIF, HEIC, MP4, MOV or WebM."
    assert problem(answer) == (415, "Not a file we can read", reason, ["file"])


def test_upload_of_a_bomb_is_refused_naming_its_size_and_the_limit(upload):
    answer = Web(make_user()).post("/api/v1/media", {"file": upload(photos.png_announcing(30_000, 30_000))})

    reason = "30,000 \N{MULTIPLICATION SIGN} 30,000 pixels is over the limit of 60 megapixels."
    assert problem(answer) == (422, "Not valid", reason, ["file"])


def test_upload_without_a_file_says_so():
    answer = Web(make_user()).post("/api/v1/media", {"file": "words"})

    reason = "Send the photo as multipart/form-data, in the field file."
    assert problem(answer) == (422, "Not valid", reason, ["file"])


def test_upload_again_with_its_key_is_the_first_photo(upload):
    web = Web(make_user(), headers={"Idempotency-Key": "m-1"})

    ids = {web.post("/api/v1/media", {"file": upload(photos.jpeg())}).json()["id"] for _ in range(2)}

    assert ids == {str(Media.objects.get().id)}


def test_avatar_is_put_and_accepted_for_processing(upload):
    body = encode_multipart(BOUNDARY, {"file": upload(photos.jpeg())})

    answer = Web(make_user())._ask("put", "/api/v1/me/avatar", body, content_type=MULTIPART_CONTENT)

    media = Media.objects.get()
    assert (answer.status_code, answer.json()) == (202, {"id": str(media.id), "state": "processing"})
    assert media.purpose == "avatar"


def test_get_media():
    ana = make_user()
    media = make_media(ana, purpose="avatar")

    assert Web(ana).get(f"/api/v1/media/{media.id}").json() == photo(media)


def test_patch_media_changes_its_description():
    ana = make_user()
    media = make_media(ana, purpose="avatar")

    answer = Web(ana).send("PATCH", f"/api/v1/media/{media.id}", {"alt": "A cat"})

    assert answer.json() == photo(media) | {"alt": "A cat"}


def test_delete_media():
    ana = make_user()
    media = make_media(ana)

    answer = Web(ana).send("DELETE", f"/api/v1/media/{media.id}")

    assert answer.status_code == 204
    assert Media.objects.kept().count() == 0


def test_post_posts_is_created():
    ana = make_user()
    media = make_media(ana)
    wanted = {"caption": "Dawn", "media": [str(media.id)], "visibility": "public"}

    answer = Web(ana).send("POST", "/api/v1/posts", wanted)

    assert (answer.status_code, answer.json()) == (201, shape(Post.objects.get(), caption="Dawn", caption_html="Dawn"))


def test_post_posts_again_with_its_key_is_the_first_post():
    ana = make_user()
    wanted = {"caption": "Dawn", "media": [str(make_media(ana).id)]}

    answers = [
        Web(ana).send("POST", "/api/v1/posts", wanted, headers={"Idempotency-Key": "m-1"}).json() for _ in range(2)
    ]

    assert answers == [shape(Post.objects.get())] * 2


@pytest.mark.parametrize("visibility", ["followers", "public"])
def test_post_posts_keeps_whom_it_is_for(visibility):
    ana = make_user()
    wanted = {"media": [str(make_media(ana).id)], "visibility": visibility, "comments_off": True}

    made = Web(ana).send("POST", "/api/v1/posts", wanted).json()

    assert made == shape(Post.objects.get(), visibility=visibility, comments_off=True, media=made["media"])


def test_post_posts_refuses_a_visibility_that_is_not_kept():
    ana = make_user()
    wanted = {"media": [str(make_media(ana).id)], "visibility": "friends"}

    answer = Web(ana).send("POST", "/api/v1/posts", wanted)

    assert answer.status_code == 422
    assert Post.objects.count() == 0


def test_post_posts_of_a_photo_in_the_works_says_that_it_waits():
    ana = make_user()
    wanted = {"media": [str(make_media(ana, state=MediaState.PROCESSING).id)]}

    assert Web(ana).send("POST", "/api/v1/posts", wanted).json()["state"] == "waiting"


def test_patch_post_and_read_its_history():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, caption="Dawn")

    answer = Web(ana).send("PATCH", f"/api/v1/posts/{post.id}", {"caption": "Dusk", "comments_off": True})

    post.refresh_from_db()
    assert answer.json() == shape(post, caption="Dusk", comments_off=True, edited_at=rfc3339(post.edited_at))
    history = Web(ben).get(f"/api/v1/posts/{post.id}/edits").json()
    assert history == [{"caption": "Dawn", "at": time(post.edits.get())}]


def test_archive_and_back():
    ana = make_user()
    post = make_post(ana)
    web = Web(ana)

    there = web.send("PUT", f"/api/v1/posts/{post.id}/archive").json()
    listed = web.get("/api/v1/me/archive").json()
    back = web.send("DELETE", f"/api/v1/posts/{post.id}/archive").json()

    archived = shape(post, archived=True, media=there["media"])
    assert (there, listed) == (archived, {"items": [archived], "next": None})
    assert (back, web.get("/api/v1/me/archive").json()["items"]) == (shape(post), [])


def test_delete_restore_and_delete_for_good():
    ana = make_user()
    post = make_post(ana)
    web, whole = Web(ana), shape(post)

    web.send("DELETE", f"/api/v1/posts/{post.id}")
    listed = web.get("/api/v1/me/deleted").json()
    gone = web.get(f"/api/v1/posts/{post.id}").status_code
    back = web.send("POST", f"/api/v1/me/deleted/{post.id}/restore").json()
    web.send("DELETE", f"/api/v1/posts/{post.id}")
    purged = web.send("DELETE", f"/api/v1/me/deleted/{post.id}").status_code

    unseen = whole | {"media": listed["items"][0]["media"]}  # nobody else sees its photos meanwhile
    assert (listed, gone, back, purged) == ({"items": [unseen], "next": None}, 404, whole, 204)
    assert Post.objects.count() == 0


def test_save_and_let_go():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    web = Web(ben)

    kept = web.send("PUT", f"/api/v1/posts/{post.id}/save").json()
    listed = web.get("/api/v1/me/saved").json()
    let_go = web.send("DELETE", f"/api/v1/posts/{post.id}/save").json()

    assert (kept, let_go) == ({"saved": True}, {"saved": False})
    assert listed == {"items": [shape(post, saved=True)], "next": None}


def test_get_post_as_somebody_who_likes_it():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, caption="Dawn", like_count=1, comment_count=2, ver=3)
    make_like(post, ben)

    body = Web(ben).get(f"/api/v1/posts/{post.id}").json()

    assert body == shape(post, like_count=1, comment_count=2, ver=3, liked=True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("PATCH", ""),
        ("GET", "/edits"),
        ("PUT", "/archive"),
        ("DELETE", "/archive"),
        ("PUT", "/save"),
        ("DELETE", "/save"),
        ("PUT", "/like"),
        ("GET", "/comments"),
    ],
)
def test_a_post_one_may_not_see_answers_like_one_that_is_not_there(method, path):
    ana, ben = make_users("ana", "ben")
    hidden = make_post(ana, published=False)

    body = {} if method == "PATCH" else None
    answers = [Web(ben).send(method, f"/api/v1/posts/{post_id}{path}", body) for post_id in (hidden.id, 7)]

    assert [problem(answer) for answer in answers] == [(404, "Not found", "There is no such post.", [])] * 2


def test_delete_post_of_somebody_else_is_forbidden():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    answer = Web(ben).send("DELETE", f"/api/v1/posts/{post.id}")

    assert problem(answer) == (403, "Not allowed", "Only its author may change or delete a post.", [])


def test_delete_post():
    ana = make_user()
    post = make_post(ana)

    assert Web(ana).send("DELETE", f"/api/v1/posts/{post.id}").status_code == 204
    assert Web(ana).get(f"/api/v1/posts/{post.id}").status_code == 404


def test_like_passes_the_mutation_on(recorded):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    answer = Web(ben).send("PUT", f"/api/v1/posts/{post.id}/like", headers={"Idempotency-Key": "m-1"})

    assert answer.json() == {"liked": True, "like_count": 1, "ver": 0}
    assert [event.mut for event in recorded()] == ["m-1"]


def test_unlike():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    make_like(post, ben)

    answer = Web(ben).send("DELETE", f"/api/v1/posts/{post.id}/like")

    assert answer.json() == {"liked": False, "like_count": 0, "ver": 0}
    assert Like.objects.count() == 0


def test_likes_are_people():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    make_like(post, ben)

    assert Web(ana).get(f"/api/v1/posts/{post.id}/likes").json() == {"items": [person(ben)], "next": None}


def said(comment, **changes):
    return {
        "id": str(comment.id),
        "parent": None,
        "author": person(comment.author),
        "text": comment.text,
        "text_html": comment.text,
        "created_at": time(comment),
        "like_count": 0,
        "reply_count": 0,
        "liked": False,
        "pinned": False,
        "ver": 0,
    } | changes


def test_comment_is_created():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    answer = Web(ben).send("POST", f"/api/v1/posts/{post.id}/comments", {"text": "Oh!", "parent": None})

    comment = Comment.objects.get()
    assert (answer.status_code, answer.json()) == (201, said(comment))


def test_comment_again_with_its_key_is_the_first_comment():
    ana = make_user()
    post = make_post(ana)
    web = Web(ana, headers={"Idempotency-Key": "m-1"})

    ids = {web.send("POST", f"/api/v1/posts/{post.id}/comments", {"text": "Oh!"}).json()["id"] for _ in range(2)}

    assert ids == {str(Comment.objects.get().id)}


def test_empty_comment_is_refused():
    ana = make_user()
    post = make_post(ana)

    answer = Web(ana).send("POST", f"/api/v1/posts/{post.id}/comments", {"text": " "})

    assert problem(answer) == (422, "Not valid", "Write something first.", ["text"])


def test_comments_page_names_the_next_in_body_and_link():
    ana = make_user()
    post = make_post(ana)
    first, second = make_comment(post, ana, "one"), make_comment(post, ana, "two")
    web = Web(ana)

    answer = web.get(f"/api/v1/posts/{post.id}/comments", {"limit": 1})
    rest = web.get(answer["Link"].partition(">")[0].strip("<").partition("testserver")[2])

    assert [item["id"] for item in answer.json()["items"]] == [str(first.id)]
    assert [item["id"] for item in rest.json()["items"]] == [str(second.id)]
    assert rest.json()["next"] is None


def test_an_answer_is_created_and_listed_under_its_comment():
    ana, ben = make_users("ana", "ben")
    comment = make_comment(make_post(ana), ana)
    path = f"/api/v1/posts/{comment.post_id}/comments"

    answer = Web(ben).send("POST", path, {"text": "Indeed.", "parent": str(comment.id)})

    reply = said(Comment.objects.get(parent=comment), parent=str(comment.id))
    assert (answer.status_code, answer.json()) == (201, reply)
    assert Web(ana).get(f"/api/v1/comments/{comment.id}/replies").json() == {"items": [reply], "next": None}
    assert Web(ana).get(path).json() == {"items": [said(comment)], "next": None}


def test_a_comment_is_liked_and_unliked():
    ana, ben = make_users("ana", "ben")
    comment = make_comment(make_post(ana), ana)
    path = f"/api/v1/comments/{comment.id}/like"

    answers = [Web(ben).send(method, path).json() for method in ("PUT", "PUT", "DELETE", "DELETE")]

    liked, unliked = [{"liked": liked, "like_count": int(liked), "ver": 0} for liked in (True, False)]
    assert answers == [liked, liked, unliked, unliked]


def test_a_comment_is_pinned_and_unpinned():
    ana = make_user()
    post = make_post(ana)
    first, second = make_comment(post, ana, "one"), make_comment(post, ana, "two")
    path = f"/api/v1/comments/{second.id}/pin"

    statuses = [Web(ana).send("PUT", path).status_code]
    listed = Web(ana).get(f"/api/v1/posts/{post.id}/comments").json()["items"]
    statuses.append(Web(ana).send("DELETE", path).status_code)

    assert (statuses, listed) == ([204, 204], [said(second, pinned=True), said(first)])
    assert Post.objects.get().pinned_comment_id is None


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "replies"), *((m, p) for m in ("PUT", "DELETE") for p in ("like", "pin"))]
)
def test_a_comment_that_is_not_there_is_not_found(method, path):
    assert Web(make_user()).send(method, f"/api/v1/comments/7/{path}").status_code == 404


def test_delete_comment():
    ana = make_user()
    comment = make_comment(make_post(ana), ana)

    assert Web(ana).send("DELETE", f"/api/v1/comments/{comment.id}").status_code == 204
    assert Comment.objects.count() == 0


def test_feed():
    ana, ben, eve = make_users("ana", "ben", "eve")
    make_follow(ana, ben)
    post = make_post(ben)
    make_post(eve)

    assert Web(ana).get("/api/v1/feed").json() == {"items": [shape(post)], "next": None}


def test_user_posts():
    ana, ben = make_users("ana", "ben")
    post = make_post(ben)

    assert Web(ana).get("/api/v1/users/ben/posts").json() == {"items": [shape(post)], "next": None}


@pytest.mark.parametrize("path", ["feed", "posts/7", "media/7", "posts/7/comments"])
def test_nobody_is_asked_to_sign_in(path):
    assert problem(Web().get(f"/api/v1/{path}"))[:2] == (401, "Sign in first")


def test_the_whole_way_of_a_post_over_rest(upload):
    ana, ben = make_users("ana", "ben")
    media_id = Web(ana).post("/api/v1/media", {"file": upload(photos.HEIC, "cat.jpg")}).json()["id"]
    post_id = Web(ana).send("POST", "/api/v1/posts", {"media": [media_id]}).json()["id"]
    early = Web(ben).get(f"/api/v1/posts/{post_id}").status_code
    actions.render(media_id=int(media_id))

    post = Web(ben).get(f"/api/v1/posts/{post_id}").json()
    file = Web(ben).get(post["media"][0]["urls"]["320"])

    assert early == 404
    assert file["Content-Type"] == "image/webp"
    assert file.content[8:12] == b"WEBP"


@pytest.mark.parametrize("path", ["/api/v1/posts/{post}", "/api/v1/feed", "/api/v1/users/ana/posts"])
def test_who_has_an_answer_is_told_that_it_still_holds(path):
    ana = make_user()
    post = make_post(ana)
    web, path = Web(ana, token=True), path.format(post=post.id)
    first = web.get(path)

    again = web.get(path, headers={"If-None-Match": first["ETag"]})
    Post.objects.update(ver=1, like_count=1)
    changed = web.get(path, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"] == first["ETag"]) == (304, b"", True)
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)
