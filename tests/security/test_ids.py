"""Others' ids, others' names and members that nobody may set: refused, and not a row is changed."""

import hashlib
import json

import pytest
from django.apps import apps
from django.db import connection

from accounts.actions import issue_token
from accounts.models import Session, User
from content.models import Comment, Media, Post
from notifications.models import Preference
from ops.actions import report
from ops.models import Case, Report
from tests.support.build import make_comment, make_follow, make_media, make_post, make_request, make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

OURS = {"events", "accounts", "content", "notifications", "realtime", "ops"}
MOVING = {"accounts_session", "accounts_token"}  # when they were last seen; their number is compared

# What somebody else tries with the ids of a private person's things: they are not there.
HIDDEN = [
    ("GET", "/posts/{post}", None),
    ("DELETE", "/posts/{post}", None),
    ("PUT", "/posts/{post}/like", None),
    ("DELETE", "/posts/{post}/like", None),
    ("GET", "/posts/{post}/likes", None),
    ("GET", "/posts/{post}/comments", None),
    ("POST", "/posts/{post}/comments", '{"text": "Hello"}'),
    ("DELETE", "/comments/{comment}", None),
    ("PATCH", "/posts/{post}", '{"caption": "mine"}'),
    ("GET", "/posts/{post}/edits", None),
    ("PUT", "/posts/{post}/save", None),
    ("DELETE", "/posts/{post}/save", None),
    ("GET", "/posts/{post}/mute", None),
    ("PUT", "/posts/{post}/mute", None),
    ("DELETE", "/posts/{post}/mute", None),
    ("PUT", "/posts/{post}/archive", None),
    ("DELETE", "/posts/{post}/archive", None),
    ("POST", "/me/deleted/{post}/restore", None),
    ("DELETE", "/me/deleted/{post}", None),
    ("GET", "/comments/{comment}/replies", None),
    ("PUT", "/comments/{comment}/like", None),
    ("DELETE", "/comments/{comment}/like", None),
    ("PUT", "/comments/{comment}/pin", None),
    ("DELETE", "/comments/{comment}/pin", None),
    ("GET", "/media/{media}", None),
    ("PATCH", "/media/{media}", '{"alt": "mine"}'),
    ("DELETE", "/media/{media}", None),
    ("GET", "/media/{loose}", None),
    ("PATCH", "/media/{loose}", '{"alt": "mine"}'),
    ("DELETE", "/media/{loose}", None),
    ("DELETE", "/me/sessions/{session}", None),
    ("DELETE", "/me/tokens/{token}", None),
    ("PUT", "/me/follow-requests/fay", None),
    ("POST", "/reports", '{"kind": "post", "id": "{post}", "reason": "spam"}'),
    ("POST", "/reports", '{"kind": "comment", "id": "{comment}", "reason": "spam"}'),
    ("DELETE", "/reports/{report}", None),
    ("PUT", "/ops/moderation/cases/{case}/claim", None),
    ("GET", "/ops/moderation/cases/{case}", None),
    ("GET", "/users/ana/posts", None),
    ("GET", "/users/ana/followers", None),
    ("GET", "/users/ana/following", None),
]
# What does nothing to others' things, and says no more than that.
IDLE = {
    ("DELETE", "/me/follow-requests/fay", None): 204,
    ("DELETE", "/me/followers/fay", None): 204,
    ("POST", "/notifications/read", '{"ids": ["{group}"]}'): 200,
    ("POST", "/notifications/read", '{"up_to": "{group}"}'): 404,
    ("POST", "/notifications/seen", '{"ids": ["{group}"]}'): 200,
    ("POST", "/notifications/seen", '{"up_to": "{group}"}'): 404,
    ("POST", "/posts", '{"caption": "mine", "media": ["{loose}"]}'): 422,
    ("POST", "/posts", '{"caption": "mine", "media": ["{media}"]}'): 422,
}
# What everybody sees and its author alone may change.
SEEN = [
    ("PATCH", "/posts/{post}", '{"caption": "mine"}'),
    ("PUT", "/posts/{post}/archive", None),
    ("DELETE", "/posts/{post}/archive", None),
    ("PUT", "/comments/{comment}/pin", None),
    ("DELETE", "/comments/{comment}/pin", None),
    ("DELETE", "/posts/{post}", None),
    ("DELETE", "/comments/{comment}", None),
]
# Bodies, and what would be taken over from a model if a body were handed on whole.
BODIES = [
    ("PATCH", "/me", {}, User, {"name", "bio", "language", "username"}),
    ("PATCH", "/media/{loose}", {"alt": "fine"}, Media, {"alt"}),
    ("POST", "/posts", {"caption": "", "media": ["{loose}"]}, Post, {"caption", "media", "visibility", "comments_off"}),
    ("POST", "/posts/{post}/comments", {"text": "fine"}, Comment, {"text", "parent"}),
    ("POST", "/reports", {"kind": "user", "id": "{friend}", "reason": "spam"}, Report, {"id", "reason", "text"}),
    ("PUT", "/notifications/preferences", {"like": "nobody"}, Preference, set()),
]


class Things:
    """What a person has, by the names that the addresses above use."""

    def __init__(self, owner):
        post, fay = make_post(owner), make_user("fay")
        make_request(fay, owner)
        make_follow(fay, owner)
        Web(owner)  # signed in
        made = report(kind="user", object_id=fay.id, reporter_id=owner.id, reason="spam")
        self.ids = {
            "post": post.id,
            "media": post.media.get().id,
            "loose": make_media(owner).id,
            "comment": make_comment(post, owner).id,
            "session": Session.objects.get(user=owner).id,
            "token": issue_token(user_id=owner.id).view.id,
            "group": 2**40,
            "friend": fay.id,
            "report": made.id,
            "case": Case.objects.get().id,
        }

    def fill(self, text):
        for name, number in self.ids.items():
            text = text.replace(f"{{{name}}}", str(number))
        return text


def send(web, things, method, path, body):
    text = body if isinstance(body, str) else json.dumps(body)
    return web.send(method, f"/api/v1{things.fill(path)}", json.loads(things.fill(text)))


def state():
    """All of our rows, as one hash for each table."""
    found = {}
    for model in apps.get_models():
        table = model._meta.db_table
        if model._meta.app_label not in OURS:
            continue
        columns = "count(*)" if table in MOVING else "string_agg(row::text, ',' ORDER BY row::text)"
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {columns} FROM "{table}" AS row')
            found[table] = hashlib.sha256(str(cursor.fetchone()).encode()).hexdigest()
    return found


@pytest.fixture
def ben():
    return Web(make_user("ben"), token=True)


def answers(web, things, asks):
    """What each of these requests is answered, by name."""
    return {f"{method} {path} {body}": send(web, things, method, path, body).status_code for method, path, body in asks}


def alike(asks, status):
    return {f"{method} {path} {body}": status for method, path, body in asks}


def test_what_is_hidden_is_not_there_and_stays_as_it_is(ben):
    things = Things(make_user("ana", is_private=True))
    before = state()

    assert answers(ben, things, HIDDEN) == alike(HIDDEN, 404)
    assert state() == before


def test_others_ids_among_ones_own_change_nothing(ben):
    things = Things(make_user("ana", is_private=True))
    before = state()

    assert answers(ben, things, IDLE) == {
        f"{method} {path} {body}": status for (method, path, body), status in IDLE.items()
    }
    assert state() == before


def test_what_is_seen_is_not_ones_own(ben):
    things = Things(make_user("ana"))
    before = state()

    assert answers(ben, things, SEEN) == alike(SEEN, 403)
    assert state() == before


@pytest.mark.parametrize(("method", "path", "body", "model", "allowed"), BODIES)
def test_a_member_that_nobody_may_set_is_refused(method, path, body, model, allowed):
    user = make_user("ana")
    things, ana = Things(user), Web(user, token=True)
    members = [field.name for field in model._meta.get_fields() if field.name not in allowed]
    asks = [(method, path, body | {member: "1"}) for member in members]
    before = state()

    assert answers(ana, things, asks) == alike(asks, 422)
    assert state() == before
