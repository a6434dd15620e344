"""What people do to their account and to each other. Each is one transaction of facts and their events."""

from .blocks import block_user, unblock_user
from .factors import reset_second_factor, second_factor_changed
from .follows import (
    approve_request,
    follow_user,
    reject_request,
    remove_follower,
    unfollow_user,
)
from .mutes import end_mutes, mute_user, unmute_user
from .profile import set_avatar, update_profile
from .proofs import (
    NewToken,
    change_password,
    end_other_sessions,
    end_session,
    forget_sessions,
    issue_token,
    make_token,
    revoke_token,
)
from .pulling import pull
from .purging import hold, remove_follows, remove_person, remove_requests
from .renaming import forget_names, rename_user
from .staffing import grant_staff, revoke_staff
from .standing import delete_account, end_suspensions, restore_account, suspend_user, unsuspend_user

__all__ = [
    "NewToken",
    "approve_request",
    "block_user",
    "change_password",
    "delete_account",
    "end_mutes",
    "end_other_sessions",
    "end_session",
    "end_suspensions",
    "follow_user",
    "forget_names",
    "forget_sessions",
    "grant_staff",
    "hold",
    "issue_token",
    "make_token",
    "mute_user",
    "pull",
    "reject_request",
    "remove_follower",
    "remove_follows",
    "remove_person",
    "remove_requests",
    "rename_user",
    "reset_second_factor",
    "restore_account",
    "revoke_staff",
    "revoke_token",
    "second_factor_changed",
    "set_avatar",
    "suspend_user",
    "unblock_user",
    "unfollow_user",
    "unmute_user",
    "unsuspend_user",
    "update_profile",
]
