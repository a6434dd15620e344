"""Whose posts feeds ask for, instead of being handed each: people whom very many follow."""

from accounts.models import User


def pull(*, user_id: int, above: int) -> bool:
    """Have a person's posts pulled if more than so many follow them; return whether they are.

    Once they are it stays so: what was handed to nobody while they were followed by many must be found ever after.
    """
    users = User.objects.filter(id=user_id)
    users.filter(is_pulled=False, follower_count__gt=above).update(is_pulled=True)
    return users.filter(is_pulled=True).exists()
