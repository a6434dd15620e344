"""Keeping a post for later, and letting go of it. Nobody but the keeper hears of it."""

from django.db import transaction

from content import policies
from content.models import Save
from events import outbox
from events.types import PostSaved, PostUnsaved


def save_post(*, post_id: int, actor_id: int, mut: str | None = None) -> bool:
    """Keep a post; return that it is kept. Again, it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    policies.check_can_view_post(actor_id, post_id)
    with transaction.atomic():
        _, created = Save.objects.get_or_create(post_id=post_id, user_id=actor_id)
        if created:
            outbox.record(PostSaved(post_id=post_id, user_id=actor_id, mut=mut), for_user=actor_id)
    return True


def unsave_post(*, post_id: int, actor_id: int, mut: str | None = None) -> bool:
    """Let go of a post; return that it is not kept. Again, it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    policies.check_can_view_post(actor_id, post_id)
    with transaction.atomic():
        deleted, _ = Save.objects.filter(post_id=post_id, user_id=actor_id).delete()
        if deleted:
            outbox.record(PostUnsaved(post_id=post_id, user_id=actor_id, mut=mut), for_user=actor_id)
    return False
