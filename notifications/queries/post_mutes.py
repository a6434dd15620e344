"""Which posts a person has muted. Nobody else reads it."""

from content import policies
from notifications.models import PostMute


def is_muted(user_id: int, post_id: int) -> bool:
    """Whether a person has muted a post.

    Raises:
        NotFound: if they may not see the post.
    """
    policies.check_can_view_post(user_id, post_id)
    return PostMute.objects.filter(user_id=user_id, post_id=post_id).exists()
