"""The surfaces of a post and of a person: where it could show. Each asks as a viewer, and says what was seen.

`+` shown · `m` name and face only · `-` as if it were not there · `!` sign in first · anything else is a status.
"""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

import httpx

from content.proofs import proof_for
from tests.security.world import WIDTH, Seen, Viewer, normal

FOUND = 302
UNAUTHENTICATED = 401
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Surface:
    """Where a thing could show. `rows` names the table of expected answers; `routes` are those that it covers."""

    rows: str  # page | rest | list | socket
    ask: Callable[..., str]
    routes: tuple[str, ...] = ()


def page(route: str, path: str, mark: Callable[[Seen], str], *, rows: str = "page") -> Surface:
    """A page at an address: it shows the thing, or answers as for one that never was. `rows` if they are another's."""
    return Surface(rows, lambda viewer, seen, absent: _shown(viewer.page, "GET", path, mark, seen, absent), (route,))


def rest(route: str, path: str, mark: Callable[[Seen], str], *, method: str = "GET") -> Surface:
    """The same over REST, where a visitor is asked to sign in."""
    return Surface("rest", lambda viewer, seen, absent: _shown(viewer.rest, method, path, mark, seen, absent), (route,))


def listed(route: str, path: str, *, over: str = "rest", rows: str = "") -> Surface:
    """A list that may hold the post: it does, or it is as if it did not exist. `rows` if they are another's."""

    def ask(viewer: Viewer, seen: Seen, _: Seen) -> str:
        answer = getattr(viewer, over).get(_address(path, seen))
        if answer.status_code in (FOUND, UNAUTHENTICATED):
            return "!"
        if not answer.is_success and answer.status_code != NOT_FOUND:
            return str(answer.status_code)
        return "+" if f"/p/{seen.id}/" in answer.text else "-"

    return Surface(rows or over, ask, (route,))


def media(method: str, headers: dict[str, str], shown: int, *, of: str = "media") -> Surface:
    """A file of the post's video, or of the poster that shows it, which a photo has alike."""
    suffix = {"media": "", "video": ".mp4"}[of]

    def ask(viewer: Viewer, seen: Seen, absent: Seen) -> str:
        answers = [
            viewer.page.request(method, f"/media/{one.folder}/{WIDTH}{suffix}", headers=headers)
            for one in (seen, absent)
        ]
        if answers[0].status_code == shown:
            return "+"
        return (
            "-" if normal(answers[0], *seen.names) == normal(answers[1], *absent.names) else str(answers[0].status_code)
        )

    return Surface("page", ask, (of,))


def proven(of: str, end: str = "") -> Surface:
    """A file's address as it is made for the viewer, opened by who brings nothing else."""

    def ask(viewer: Viewer, seen: Seen, absent: Seen) -> str:
        with httpx.Client(base_url=viewer.page.base_url, timeout=30) as anybody:
            proofs = [f"?for={proof_for(viewer.user.id, one.folder)}" if viewer.user else "" for one in (seen, absent)]
            answers = [
                anybody.get(f"/media/{one.folder}/{WIDTH}{end}{proof}")
                for one, proof in zip((seen, absent), proofs, strict=True)
            ]
        said = [(proof, escape(quote(proof, safe="?="))) for proof in proofs]  # also where a form leads back to
        same = normal(answers[0], *seen.names, *said[0]) == normal(answers[1], *absent.names, *said[1])
        return "+" if answers[0].is_success else "-" if same else str(answers[0].status_code)

    return Surface("page", ask, (of,))


def topic(name: Callable[[Seen], str]) -> Surface:
    """A socket's topic."""

    def ask(viewer: Viewer, seen: Seen, _: Seen) -> str:
        granted = viewer.granted([name(seen)])
        return "!" if granted is None else "+" if granted else "-"

    return Surface("socket", ask)


def _address(path: str, seen: Seen) -> str:
    return path.format(
        post=seen.id, media=seen.media_id, comment=seen.comment_id, author=seen.author, tag=f"tag{seen.name}",
        word=seen.marker, case=seen.case_id,
    )  # fmt: skip


def _shown(client: Any, method: str, path: str, mark: Callable[[Seen], str], seen: Seen, absent: Seen) -> str:
    answer = client.request(method, _address(path, seen))
    if answer.status_code in (FOUND, UNAUTHENTICATED):
        return "!"
    if answer.is_success:
        return "+" if mark(seen) in answer.text else "?"
    return _hidden(answer, client.request(method, _address(path, absent)), seen, absent)


def _hidden(answer: Any, none: Any, seen: Seen, absent: Seen) -> str:
    """Whether it is answered as what never was."""
    names = (*seen.names, *absent.names)
    same = normal(answer, *names) == normal(none, *names) and answer.status_code == NOT_FOUND
    return "-" if same else str(answer.status_code)


def anything(_: Seen) -> str:
    """No mark: that it answers at all tells."""
    return ""


POSTS: dict[str, Surface] = {
    "page": page("post", "/p/{post}/", lambda post: post.marker),
    "page of comments": page("post", "/p/{post}/?fragment=1", lambda post: post.said),
    "page of edits": page("post_edits", "/p/{post}/edits/", lambda post: post.was),
    "page of likes": page("post_likes", "/p/{post}/likes/", lambda _: "carl", rows="rest"),
    "page of notifications": page("post_notifications", "/p/{post}/notifications/", anything, rows="rest"),
    "profile page": listed("profile", "/@{author}/", over="page"),
    "media": media("GET", {}, 200),
    "media head": media("HEAD", {}, 200),
    "media range": media("GET", {"Range": "bytes=0-3"}, 200),
    "media proven": proven("media"),
    "media known": media("GET", {"If-None-Match": f'"{WIDTH}"'}, 304),
    "video": media("GET", {}, 200, of="video"),
    "video head": media("HEAD", {}, 200, of="video"),
    "video range": media("GET", {"Range": "bytes=0-1"}, 206, of="video"),
    "video beyond": media("GET", {"Range": "bytes=99-"}, 416, of="video"),
    "video proven": proven("video", ".mp4"),
    "video known": media("GET", {"If-None-Match": f'"{WIDTH}"'}, 304, of="video"),
    "post": rest("get_post", "/posts/{post}", lambda post: post.marker),
    "photo": rest("get_media", "/media/{media}", lambda post: str(post.media_id)),
    "comments": rest("comments", "/posts/{post}/comments", lambda post: post.said),
    "edits": rest("edits", "/posts/{post}/edits", lambda post: post.was),
    "save": rest("save", "/posts/{post}/save", anything, method="PUT"),
    "unsave": rest("unsave", "/posts/{post}/save", anything, method="DELETE"),
    "whether muted": rest("post_mute", "/posts/{post}/mute", anything),
    "mute": rest("mute_post", "/posts/{post}/mute", anything, method="PUT"),
    "unmute": rest("unmute_post", "/posts/{post}/mute", anything, method="DELETE"),
    "likes": rest("likes", "/posts/{post}/likes", lambda _: "carl"),
    "like": rest("like", "/posts/{post}/like", anything, method="PUT"),
    "unlike": rest("unlike", "/posts/{post}/like", anything, method="DELETE"),
    "answers": rest("replies", "/comments/{comment}/replies", lambda post: post.answered),
    "like of a comment": rest("like_comment", "/comments/{comment}/like", anything, method="PUT"),
    "unlike of a comment": rest("unlike_comment", "/comments/{comment}/like", anything, method="DELETE"),
    "grid": listed("user_posts", "/users/{author}/posts"),
    "feed": listed("feed", "/feed"),
    "feed page": listed("home", "/", over="page"),
    "hashtag": listed("tag_posts", "/tags/{tag}/posts"),
    "hashtag page": listed("tag", "/tags/{tag}/", over="page"),
    "search": listed("search", "/search?q={word}&type=posts"),
    "search page": listed("search", "/search/?q={word}", over="page", rows="rest"),
    "explore": listed("explore", "/explore"),
    "explore page": listed("explore", "/explore/", over="page", rows="rest"),
    "report page": page("report", "/report/post/{post}/", lambda post: post.marker, rows="rest"),
    "report page of a comment": page("report", "/report/comment/{comment}/", lambda post: post.said, rows="rest"),
    "topic": topic(lambda post: f"post:{post.id}"),
    "case": rest("get_case", "/ops/moderation/cases/{case}", lambda post: post.marker),
    "case page": page("moderation_case", "/ops/moderation/{case}/", lambda post: post.marker),
    "cases": rest("cases", "/ops/moderation/cases", lambda post: str(post.case_id)),
    "cases page": page("moderation", "/ops/moderation/", lambda post: str(post.case_id)),
    "console": page("console", "/ops/", lambda _: 'data-number="sockets"'),
    "console history": page("console_history", "/ops/history", lambda _: '"sockets"'),
    "case photo": page("moderation_photo", "/ops/moderation/{case}/photos/{media}", anything),
    "case video": page("moderation_video", "/ops/moderation/{case}/videos/{media}", anything),
}
