"""One world for the whole matrix: nine kinds of viewer, and whatever somebody of another kind must not see.

Made once a module and only read: every object carries a marker that no other has; an answer that holds it shows it.
"""

import re
from dataclasses import dataclass

import httpx
from django.conf import settings
from django.test import Client

from accounts import actions as people
from accounts.models import Session
from content import ranking
from content.models import PostEdit, Visibility
from core import clock
from tests.support.build import (
    make_block,
    make_case,
    make_comment,
    make_follow,
    make_like,
    make_media,
    make_post,
    make_request,
    make_user,
    prove_second_factor,
)
from tests.support.client import LiveClient

VIEWERS = (
    "anon", "stranger", "pending", "follower", "blocked", "blocking", "owner", "moderator", "suspended",
)  # fmt: skip
WIDTH = 320

_CSRF_TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+')


@dataclass(frozen=True, slots=True)
class Seen:
    """A post in the world, or (`absent`) one that never was: what its addresses are made of."""

    name: str
    id: int
    media_id: int
    folder: str
    comment_id: int
    case_id: int
    author: str

    @property
    def names(self):
        """What stands in its addresses."""
        return str(self.id), str(self.media_id), self.folder, str(self.comment_id), str(self.case_id), self.author

    @property
    def marker(self):
        """A word of the caption that stands nowhere else."""
        return f"caption{self.name}"

    @property
    def was(self):
        """A word of the caption before its edit."""
        return f"former{self.name}"

    @property
    def answered(self):
        """A word of the answer to that comment."""
        return f"answer{self.name}"

    @property
    def said(self):
        """A word of the comment under it."""
        return f"comment{self.name}"


class Viewer:
    """One kind of viewer of one person's things: pages by cookie, REST and the socket by token.

    A moderator has a session that proved a second factor, which no token does.
    """

    def __init__(self, stack, user=None):
        self.user = user
        cookies = {settings.SESSION_COOKIE_NAME: _signed_in(user)} if user else {}
        self.page = httpx.Client(base_url=stack.url, cookies=cookies, timeout=30)
        headers = {}
        if user and user.is_staff:
            prove_second_factor(Session.objects.get(user=user))
            headers["X-Session-Token"] = cookies[settings.SESSION_COOKIE_NAME]
        elif user:
            headers["Authorization"] = f"Bearer {people.make_token(user_id=user.id)}"
        self.rest = httpx.Client(base_url=f"{stack.url}/api/v1", headers=headers, timeout=30)
        self._live = (stack.live_url, headers)

    def granted(self, topics):
        """Which of these topics a socket of theirs is let in to; None if it is not let in at all."""
        url, headers = self._live
        client = LiveClient(url, headers=headers)
        try:
            client.send(t="hello", client={"app": "test"}, topics=[])
            if client.next("welcome", "err")["t"] == "err":
                return None
            client.send(t="sub", id="1", topics=topics)
            return set(client.next("ok")["topics"])
        finally:
            client.close()

    def close(self):
        self.page.close()
        self.rest.close()


class World:
    """Whose things they are (`open` and `closed` to strangers), who looks, and the posts by name."""

    def __init__(self, stack):
        self.stack = stack
        self.owners = {
            "open": make_user("olga", name="Olga", bio="bioopen"),
            "closed": make_user("petra", name="Petra", bio="bioclosed", is_private=True),
        }
        self.carl = make_user("carl")
        crowd = {kind: make_user(kind) for kind in VIEWERS if kind not in ("anon", "owner")}
        crowd["moderator"].is_staff = True
        crowd["moderator"].save()
        for owner in self.owners.values():
            make_request(crowd["pending"], owner)
            make_follow(crowd["follower"], owner)
            make_follow(owner, crowd["follower"])
            make_block(owner, crowd["blocked"])
            make_block(crowd["blocking"], owner)
        users = {"anon": None, **crowd}
        self._crowd = {kind: Viewer(stack, user) for kind, user in users.items()}
        self._owners = {name: Viewer(stack, owner) for name, owner in self.owners.items()}
        people.suspend_user(username="suspended")
        self.posts = {post.name: post for post in self._make_posts()}
        ranking.rank_posts()  # as beat does each minute

    def viewer(self, kind, owner):
        """A kind of viewer, as the things of an owner see them."""
        return self._owners[owner] if kind == "owner" else self._crowd[kind]

    def user(self, kind):
        return self._crowd[kind].user

    def close(self):
        for viewer in (*self._crowd.values(), *self._owners.values()):
            viewer.close()

    def _make_posts(self):
        olga, petra = self.owners["open"], self.owners["closed"]
        sven = make_user("sven", is_active=False, suspended_at=clock.now())
        yield self._make_post("public", olga)
        yield self._make_post("narrow", olga, visibility=Visibility.FOLLOWERS)
        yield self._make_post("waiting", olga, published_at=None)
        yield self._make_post("archived", olga, archived_at=clock.now())
        yield self._make_post("deleted", olga, deleted_at=clock.now())
        yield self._make_post("private", petra)
        yield self._make_post("banned", sven)
        yield Seen("absent", 2**53, 2**53 + 1, "0" * 32, 2**53 + 2, 2**53 + 3, "nobody")

    def _make_post(self, name, author, **fields):
        post = make_post(author, caption=f"caption{name} #tag{name}", photos=0, **fields)
        media = make_media(author, post=post, files=True, widths=(WIDTH,), videos=(WIDTH,))
        PostEdit.objects.create(post=post, caption=f"former{name}")
        comment = make_comment(post, self.carl, text=f"comment{name}")
        make_comment(post, self.carl, text=f"answer{name}", parent=comment)
        make_like(post, self.carl)
        seen = {"caption": post.caption, "media": [{"id": str(media.id), "alt": ""}]}
        case = make_case(post, self.carl, seen, claimed_by=self.user("moderator"))
        return Seen(name, post.id, media.id, media.folder, comment.id, case.id, author.username)


def _signed_in(user):
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def normal(answer, *parts):
    """An answer as far as it may not tell a hidden thing from none: without what differs from call to call.

    `parts` are the names that stood in the address.
    """
    text = _CSRF_TOKEN.sub("…", answer.text)
    for part in (answer.headers["X-Request-ID"], *parts):
        text = text.replace(part, "…")
    return answer.status_code, {name for name in answer.headers if name not in ("date", "content-length")}, text
