"""Changing a post: its caption, whose history stays, who may see it, and whether it may be commented on."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from content import queries
from content.actions.media import describe_media
from content.actions.mentions import mention
from content.actions.owned import own_post
from content.actions.tagging import tag
from content.cards import PostCard
from content.models import MAX_CAPTION, Post, PostEdit, Visibility
from content.text import cleaned
from core import clock
from core.problems import Conflict
from events import outbox
from events.types import PostEdited

MAX_EDITS = 50  # of one post's caption


def edit_post(
    *,
    post_id: int,
    actor_id: int,
    caption: str | None = None,
    visibility: str | None = None,
    comments_off: bool | None = None,
    mut: str | None = None,
) -> PostCard:
    """Change one's own post; what is None stays. What changes nothing announces nothing.

    Raises:
        NotFound: if the actor may not see it.
        Forbidden: if it is somebody else's.
        Invalid: if the caption is too long.
        Conflict: if its caption was edited too often.
    """
    if caption is not None:
        caption = cleaned(caption, field="caption", limit=MAX_CAPTION)
    with transaction.atomic():
        post = own_post(post_id, actor_id)
        wanted = {"caption": caption, "visibility": visibility, "comments_off": comments_off}
        changes = {name: to for name, to in wanted.items() if to is not None and to != getattr(post, name)}
        if changes:
            if "caption" in changes:
                _keep_caption(post)
            _change(post, changes)
            if "caption" in changes:
                _read_anew(post)
            narrowed = changes.get("visibility") == Visibility.FOLLOWERS
            outbox.record(
                PostEdited(post_id=post_id, author_id=actor_id, narrowed=narrowed, mut=mut), for_user=actor_id
            )
    return queries.post_card(actor_id, post_id)


def rewrite_post(
    *, post_id: int, actor_id: int, caption: str, visibility: str, comments_off: bool, alts: Mapping[int, str]
) -> PostCard:
    """Change one's own post as its form has it, `alts` being what is said of its photos. All or nothing.

    Raises:
        NotFound, Forbidden, Invalid, Conflict: as `edit_post` and `describe_media` do.
    """
    with transaction.atomic():
        # Photos before the post, as a worker that finishes one locks them.
        for media_id, alt in sorted(alts.items()):
            describe_media(media_id=media_id, owner_id=actor_id, alt=alt)
        return edit_post(
            post_id=post_id, actor_id=actor_id, caption=caption, visibility=visibility, comments_off=comments_off
        )


def _keep_caption(post: Post) -> None:
    """Keep what the caption was. The post is locked, so that nobody else adds an edit meanwhile."""
    if PostEdit.objects.filter(post=post).count() >= MAX_EDITS:
        raise Conflict(_("The caption of a post can be edited %(limit)s times.") % {"limit": MAX_EDITS})
    PostEdit.objects.create(post=post, caption=post.caption)
    post.edited_at = clock.now()


def _read_anew(post: Post) -> None:
    """Put the post under the hashtags of its new caption, and mention whom that names."""
    tag(post.id, post.caption)
    if post.published_at is not None and post.archived_at is None:  # else nobody else may see it yet
        mention(post_id=post.id, actor_id=post.author_id, text=post.caption)


def _change(post: Post, changes: dict[str, str | bool]) -> None:
    for name, value in changes.items():
        setattr(post, name, value)
    post.save(update_fields=[*changes, "edited_at"])
