"""Muting one post, one's own or another's. Facts only: what was told of it hides and comes back by the drain."""

from django.db import transaction

from content import policies
from events import outbox
from events.types import PostMuted, PostUnmuted
from notifications.models import PostMute


def mute_post(*, post_id: int, actor_id: int, mut: str | None = None) -> bool:
    """Hear no more of a post; return that it is muted. Again, it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    policies.check_can_view_post(actor_id, post_id)
    with transaction.atomic():
        _, created = PostMute.objects.get_or_create(post_id=post_id, user_id=actor_id)
        if created:
            outbox.record(PostMuted(post_id=post_id, user_id=actor_id, mut=mut), for_user=actor_id)
    return True


def unmute_post(*, post_id: int, actor_id: int, mut: str | None = None) -> bool:
    """Hear of a post again; return that it is not muted. Again, it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    policies.check_can_view_post(actor_id, post_id)
    with transaction.atomic():
        deleted, _ = PostMute.objects.filter(post_id=post_id, user_id=actor_id).delete()
        if deleted:
            outbox.record(PostUnmuted(post_id=post_id, user_id=actor_id, mut=mut), for_user=actor_id)
    return False
