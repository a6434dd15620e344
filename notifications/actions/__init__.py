"""What people do about their notifications. Groups themselves are derived (notifications.groups)."""

from .post_mutes import mute_post, unmute_post
from .preferences import set_preferences
from .purging import remove_some
from .reading import mark_read, mark_seen

__all__ = ["mark_read", "mark_seen", "mute_post", "remove_some", "set_preferences", "unmute_post"]
