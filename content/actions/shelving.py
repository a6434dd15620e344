"""Taking a post out of sight and bringing it back: the archive, and what was deleted lately. Nothing is lost by it."""

from django.db import transaction
from django.utils.translation import gettext as _

from content import queries
from content.actions.owned import own_post
from content.actions.publishing import publish_if_ready
from content.cards import PostCard
from content.models import RESTORABLE, Media, Post
from core import clock
from core.problems import Conflict, NotFound
from events import outbox
from events.types import PostDeleted, PostPublished


def archive_post(*, post_id: int, actor_id: int) -> PostCard:
    """Put one's own post into the archive, where its author alone finds it. Again, it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see it.
        Forbidden: if it is somebody else's.
        Conflict: if it still waits for its photos.
    """
    with transaction.atomic():
        post = own_post(post_id, actor_id)
        if post.published_at is None:
            raise Conflict(_("This post still waits for its photos."))
        if post.archived_at is None:
            post.archived_at = clock.now()
            post.save(update_fields=["archived_at"])
            event = PostDeleted(post_id=post_id, author_id=actor_id, published=True, archived=True)
            outbox.record(event, for_user=actor_id)
    return queries.post_card(actor_id, post_id)


def unarchive_post(*, post_id: int, actor_id: int) -> PostCard:
    """Bring one's own post back out of the archive. Again, it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see it.
        Forbidden: if it is somebody else's.
    """
    with transaction.atomic():
        post = own_post(post_id, actor_id)
        if post.archived_at is not None:
            post.archived_at = None
            post.save(update_fields=["archived_at"])
            outbox.record(PostPublished(post_id=post_id, author_id=actor_id, again=True), for_user=actor_id)
    return queries.post_card(actor_id, post_id)


def delete_post(*, post_id: int, actor_id: int) -> None:
    """Delete one's own post: nobody sees it any more, and its author may bring it back for a while. Again: NotFound.

    Raises:
        NotFound: if the actor may not see it.
        Forbidden: if it is somebody else's.
    """
    with transaction.atomic():
        post = own_post(post_id, actor_id)
        post.deleted_at = clock.now()
        post.save(update_fields=["deleted_at"])
        event = PostDeleted(post_id=post_id, author_id=actor_id, published=is_out(post))
        outbox.record(event, for_user=actor_id)


def restore_post(*, post_id: int, actor_id: int) -> PostCard:
    """Bring a deleted post back to where it was; one whose photos became ready meanwhile is published. Again: NotFound.

    Raises:
        NotFound: if the actor has deleted no such post, or too long ago.
    """
    with transaction.atomic():
        # Photos before the post, as a worker that finishes one locks them: the other way round they would deadlock.
        list(Media.objects.filter(post_id=post_id, owner_id=actor_id).order_by("pk").select_for_update())
        deleted = Post.objects.filter(pk=post_id, author_id=actor_id, deleted_at__gt=clock.now() - RESTORABLE)
        post = deleted.filter(removed_at=None).select_for_update(no_key=True).first()
        if post is None:
            raise NotFound(_("There is no such post."))
        bring_back(post)
    return queries.post_card(actor_id, post_id)


def bring_back(post: Post) -> None:
    """Undo the deletion of a post that is locked behind its photos, in the caller's transaction."""
    post.deleted_at = None
    post.save(update_fields=["deleted_at"])
    if post.published_at is None:
        publish_if_ready(post.id)
    elif is_out(post):
        outbox.record(PostPublished(post_id=post.id, author_id=post.author_id, again=True), for_user=post.author_id)


def is_out(post: Post) -> bool:
    """Whether others see it, but for its deletion."""
    return post.published_at is not None and post.archived_at is None
