"""Commenting, and answering a comment. The counts are the drain's business; deleting is in actions.uncomment."""

import contextlib
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.people import Person, avatar_url
from content import queries
from content.actions import deeds, once
from content.actions.mentions import mention
from content.cards import CommentView
from content.models import MAX_COMMENT, MAX_MENTIONS, Comment, Kind, Post
from content.text import cleaned, names_in
from core import ids
from core.problems import Forbidden, Invalid
from core.statement import Statement
from events import outbox, types
from events.types import CommentAdded, CommentReplied

_NEW, _AUTHOR, _ROOT, _ANSWERED = (outbox.blank() for _blank in range(4))


@dataclass(frozen=True, slots=True)
class Thread:
    """What an answer goes under: a comment that is no answer itself."""

    id: int
    author_id: int


class _Written(NamedTuple):
    """What became of a comment: no id where there is nothing to answer; not new where its key was used before."""

    author_id: int  # of the post
    is_allowed: bool
    id: int | None
    parent_id: int | None
    answered_id: int | None  # who wrote the parent
    is_new: bool
    username: str
    name: str
    avatar: str


def comment(
    *, post_id: int, actor_id: int, text: str, parent_id: int | None = None, mut: str | None = None
) -> CommentView:
    """Write a comment under a post, or an answer to one. With the same `mut` again, return the first; announce nothing.

    Threads are one level deep: an answer to an answer goes under what that one answers.

    Raises:
        NotFound: if the actor may not see the post.
        Forbidden: if its author has turned comments off, and is somebody else.
        Invalid: if the text is empty or too long, or `parent_id` is no comment of the post that the actor sees.
        Conflict: if what `mut` made is gone.
    """
    text = _cleaned(text, post_id, actor_id)
    names = names_in(text, MAX_MENTIONS)
    with transaction.atomic() if names else contextlib.nullcontext():
        written = _write(post_id, actor_id, text, parent_id, mut)
        if written.id is None or not written.is_new:
            return _first(post_id, actor_id, mut, is_refused=written.id is None)
        if names:
            mention(post_id=post_id, actor_id=actor_id, text=text, comment_id=written.id)
    author = Person(actor_id, written.username, written.name, avatar_url(written.avatar))
    at = ids.created_at(written.id)
    return CommentView(written.id, post_id, author, text, at, can_delete=True, parent_id=written.parent_id)


def _cleaned(text: str, post_id: int, actor_id: int) -> str:
    """The text as it is kept. Whoever may not write at all is told so before what is wrong with the text."""
    try:
        return cleaned(text, field="text", limit=MAX_COMMENT, required=True)
    except Invalid:
        found = Post.objects.visible_to(actor_id).filter(pk=post_id).values_list("author_id", "comments_off").first()
        if found is None:
            raise deeds.no_post() from None
        _check_open(is_allowed=found[0] == actor_id or not found[1])
        raise


def _write(post_id: int, actor_id: int, text: str, parent_id: int | None, mut: str | None) -> _Written:
    """Write the comment and record it: facts only, one transaction, one round trip.

    The same request sent twice at once waits here for its twin, and then writes nothing.
    """
    statement, thread = (_COMMENTED, None) if parent_id is None else (_ANSWER, Thread(_ROOT, _ANSWERED))
    added = _added(_NEW, post_id, _AUTHOR, actor_id, thread, mut)
    replied = _replied(_NEW, post_id, actor_id, thread) if thread else added
    found = ids.may_be(post_id) and statement(
        post=post_id,
        actor=actor_id,
        text=text,
        key=mut,
        parent=parent_id if parent_id and ids.may_be(parent_id) else 0,
        added=types.encode(added),
        replied=types.encode(replied),
        **outbox.origin(),
    )
    if not found:
        raise deeds.no_post()
    written = _Written(*found[0])
    _check_open(is_allowed=written.is_allowed)
    if written.is_new:
        for person_id in {written.author_id, written.answered_id or actor_id} - ({actor_id} - {written.author_id}):
            outbox.wake_after_commit(outbox.shard_of(person_id))
    return written


def _first(post_id: int, actor_id: int, mut: str | None, *, is_refused: bool) -> CommentView:
    """What the key has made before; if it has made nothing, it is the parent that is not there."""
    made = once.made_with(Kind.COMMENT, actor_id=actor_id, key=mut) if mut is not None else None
    if made is None and is_refused:
        raise Invalid(_("There is no such comment under this post."), field="parent")
    view = queries.own_comment(actor_id, made, post_id) if made is not None else None
    if view is None:
        raise once.gone()
    return view


def _check_open(*, is_allowed: bool) -> None:
    if not is_allowed:
        raise Forbidden(_("Comments are off under this post."))


def _post(post: int, actor: int) -> QuerySet[Post, tuple[int, int, bool]]:
    return Post.objects.visible_to(actor).filter(pk=post).values_list("id", "author_id", "comments_off")


def _answerable(parent: int, post: int, actor: int) -> QuerySet[Comment, tuple[int, int | None]]:
    return Comment.objects.shown_to(actor).filter(pk=parent, post_id=post).values_list("id", "parent_id")


# A key is claimed for the id of the comment that is to be, so that one statement does both.
_WRITE = f"""
WITH post AS MATERIALIZED ({{post}}), %THREAD%, new AS MATERIALIZED (
    SELECT photophore_id() AS id, post.id AS post_id, post.author_id,
    thread.id AS parent_id, thread.author_id AS answered_id
    FROM post, thread WHERE NOT comments_off OR post.author_id = %(actor)s::bigint
), claimed AS (
    INSERT INTO content_made (actor_id, kind, key, object_id)
    SELECT %(actor)s::bigint, '{Kind.COMMENT.value}', %(key)s::text, id FROM new WHERE %(key)s::text IS NOT NULL
    ON CONFLICT (actor_id, kind, key) DO NOTHING RETURNING object_id
), fact AS (
    INSERT INTO content_comment (id, post_id, author_id, parent_id, text)
    SELECT id, post_id, %(actor)s::bigint, parent_id, %(text)s::text FROM new
    WHERE %(key)s::text IS NULL OR id = (SELECT object_id FROM claimed) RETURNING id
), happened AS (
    SELECT for_user, event FROM (
        SELECT author_id AS for_user, %ADDED% AS event, 1 AS place FROM fact JOIN new USING (id)
        UNION ALL SELECT answered_id, %REPLIED%, 2 FROM fact JOIN new USING (id) WHERE answered_id <> %(actor)s::bigint
    ) AS told ORDER BY place
), recorded AS (
    {outbox.RECORDED}
)
SELECT post.author_id, NOT comments_off OR post.author_id = person.id, new.id, new.parent_id, new.answered_id,
EXISTS (SELECT FROM fact), person.username, person.name, person.avatar
FROM post JOIN accounts_user AS person ON person.id = %(actor)s::bigint LEFT JOIN new ON true
"""  # noqa: S608 -- of constants


def _statement(thread: str, ids: dict[int, str]) -> str:
    text = _WRITE.replace("%THREAD%", thread)
    for name in ("added", "replied"):
        text = text.replace(f"%{name.upper()}%", outbox.filled(f"%({name})s::text", ids))
    return text


_IDS = {_NEW: "id", _AUTHOR: "author_id"}
_COMMENTED = Statement(
    _statement("thread AS (SELECT NULL::bigint AS id, NULL::bigint AS author_id)", _IDS),
    post=_post,
)
# What is answered is kept from being deleted meanwhile.
_ANSWER = Statement(
    _statement(
        "answered AS MATERIALIZED ({answerable}), thread AS MATERIALIZED (SELECT id, author_id FROM content_comment "
        "WHERE id = (SELECT coalesce(parent_id, id) FROM answered) FOR KEY SHARE)",
        {**_IDS, _ROOT: "parent_id", _ANSWERED: "answered_id"},
    ),
    post=_post,
    answerable=_answerable,
)


def announce(row: Comment, author_id: int, thread: Thread | None, mut: str | None = None) -> None:
    """Say that a comment is there, in the caller's transaction: to the post's author, and to whom it answers."""
    outbox.record(_added(row.id, row.post_id, author_id, row.author_id, thread, mut), for_user=author_id)
    if thread and thread.author_id != row.author_id:
        outbox.record(_replied(row.id, row.post_id, row.author_id, thread), for_user=thread.author_id)


def _added(
    comment_id: int, post_id: int, author_id: int, actor_id: int, thread: Thread | None, mut: str | None
) -> CommentAdded:
    return CommentAdded(
        comment_id=comment_id,
        post_id=post_id,
        author_id=author_id,
        actor_id=actor_id,
        parent_id=thread.id if thread else None,
        answered_id=thread.author_id if thread else None,
        mut=mut,
    )


def _replied(comment_id: int, post_id: int, actor_id: int, thread: Thread) -> CommentReplied:
    return CommentReplied(
        comment_id=comment_id, post_id=post_id, parent_id=thread.id, recipient_id=thread.author_id, actor_id=actor_id
    )
