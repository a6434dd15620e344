"""What people do about their notifications. Groups themselves are derived (notifications.groups)."""

from .preferences import set_preferences
from .purging import remove_some
from .reading import mark_read

__all__ = ["mark_read", "remove_some", "set_preferences"]
