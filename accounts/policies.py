"""Who may see whom: the one place that decides. Ids in, bool out."""

from accounts.models import User


def can_view_profile(viewer_id: int | None, user_id: int) -> bool:
    """Whether somebody (None: a visitor) may know that a person is here: anybody may, while that person is active."""
    return User.objects.filter(id=user_id, is_active=True).exists()


def can_view_user_posts(viewer_id: int | None, user_id: int) -> bool:
    """Whether somebody may see what a person posts: whoever may see their profile."""
    return can_view_profile(viewer_id, user_id)
