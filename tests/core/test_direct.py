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


def test_nobody_likes_without_signing_in(paths):
    assert Web().send("PUT", paths["like"]).status_code == 401
