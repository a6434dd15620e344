"""The drain's handler: whom a person follows has changed, and maybe with that of whom they want to hear."""

from events import outbox, types
from events.outbox import Waiting
from notifications.models import Preference, Senders


def apply(waiting: list[Waiting]) -> None:
    """Hand a follow on to the shard of the follower, if they want to hear of some deeds only of whom they follow.

    It is drained in the followee's; what others did to the follower is derived in their own, and none slips past there.
    """
    follows = [item.event for item in waiting if isinstance(item.event, types.UserFollowed | types.UserUnfollowed)]
    pairs = {(event.follower_id, event.followee_id) for event in follows}
    wishes = Preference.objects.filter(user_id__in={pair[0] for pair in pairs}, senders=Senders.FOLLOWING)
    choosy = set(wishes.values_list("user_id", flat=True))
    for user_id, sender_id in pairs:
        if user_id in choosy:
            outbox.record(types.SenderChanged(user_id=user_id, sender_id=sender_id), for_user=user_id)
