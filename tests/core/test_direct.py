"""The short way to an operation beside ninja's: what is well-formed answers alike, the rest is ninja's to refuse."""

import pytest

from accounts.schemas import RelationOut
from content.schemas import CommentOut, LikeOut, SaveOut
from tests.support.build import make_comment, make_post, make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paths():
    post = make_post(make_user("ana"))
    comment = make_comment(post, post.author)
    return {
        "like": f"/api/v1/posts/{post.id}/like",
        "save": f"/api/v1/posts/{post.id}/save",
        "comment like": f"/api/v1/comments/{comment.id}/like",
        "follow": "/api/v1/users/Ana/follow",
        "comment": f"/api/v1/posts/{post.id}/comments",
    }


@pytest.mark.parametrize(
    ("what", "methods", "schema"),
    [
        ("like", ("PUT", "DELETE"), LikeOut),
        ("save", ("PUT", "DELETE"), SaveOut),
        ("comment like", ("PUT", "DELETE"), LikeOut),
        ("follow", ("PUT", "DELETE"), RelationOut),
        ("comment", ("POST",), CommentOut),
    ],
)
def test_an_answer_is_what_the_schema_makes_of_it(paths, what, methods, schema):
    web = Web(make_user("ben"))

    for method in methods:
        answer = web.send(method, paths[what], {"text": "Oh, é! @ana"} if what == "comment" else None)

        assert answer.status_code == (201 if method == "POST" else 200)
        assert answer["Content-Type"] == "application/json; charset=utf-8"
        assert answer.json() == schema.model_validate(answer.json(), strict=True).model_dump()


@pytest.mark.parametrize(
    ("post_id", "status"), [("abc", 422), ("1.5", 422), ("-5", 404), ("7", 404), ("9" * 19, 404), ("9" * 30, 404)]
)
def test_what_is_no_plain_id_is_answered_as_ever(post_id, status):
    assert Web(make_user("ben")).send("PUT", f"/api/v1/posts/{post_id}/like").status_code == status


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("limit=0", 422),
        ("limit=101", 422),
        ("limit=two", 422),
        ("limit=+2", 200),
        (f"after={'x' * 65}", 422),
        ("a=b", 200),
    ],
)
def test_what_is_no_plain_page_is_answered_as_ever(asked, status):
    assert Web(make_user("ben")).get(f"/api/v1/feed?{asked}").status_code == status


def test_a_page_is_as_long_as_was_asked_and_the_next_begins_behind_it():
    ana = make_user("ana")
    posts = [make_post(ana) for _ in range(3)]
    web = Web(ana)

    first = web.get("/api/v1/users/ana/posts?limit=1&limit=2")  # of one that is asked twice the last counts
    second = web.get(f"/api/v1/users/ana/posts?limit=2&after={first.json()['next']}")

    assert [[item["id"] for item in page.json()["items"]] for page in (first, second)] == [
        [str(posts[2].id), str(posts[1].id)],
        [str(posts[0].id)],
    ]


@pytest.mark.parametrize("body", [{}, {"text": 5}, {"text": "a", "parent": 7}, {"text": "a", "more": 1}, ["a"], None])
def test_a_body_that_is_not_as_described_is_refused_as_ever(paths, body):
    assert Web(make_user("ben")).send("POST", paths["comment"], body).status_code == 422


def test_nobody_likes_without_signing_in(paths):
    assert Web().send("PUT", paths["like"]).status_code == 401
