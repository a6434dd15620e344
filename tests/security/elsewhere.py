"""What the matrix does not ask, route by route and task by task, and why. What is new has to be put here, or there."""

_OWN = "the asker's own things alone; tests/security/test_ids.py swaps the ids"
_ACT = "an act, not a sight; tests/security/test_ids.py does it with others' ids"
_OPEN = "the same for everybody"
_MODERATION = "an act of moderators alone, as tests/ops/test_api.py and test_pages.py have it"
_OPERATION = "for operators alone, as tests/ops/test_connections.py, test_tails.py and test_node_pages.py have it"
_SIGN_IN = "allauth's; it shows nobody else"

ROUTES = {
    **dict.fromkeys(
        (
            "get_me", "follow_requests", "list_sessions", "list_tokens", "suggestions", "notifications", "unread",
            "settings", "settings_privacy", "settings_requests", "settings_sessions", "ticket", "new_post",
            "list_mutes", "list_blocks", "saved", "archived", "deleted", "own_reports", "preferences",
            "settings_notifications", "settings_muted", "settings_blocked", "settings_tokens", "settings_data",
            "reports",
        ),
        _OWN,
    ),
    **dict.fromkeys(
        (
            "change_me", "delete_me", "approve_request", "reject_request", "remove_follower", "end_other_sessions",
            "end_session", "make_token", "revoke_token", "follow", "unfollow", "block", "unblock", "create_media",
            "set_avatar", "describe_media", "delete_media", "create_post", "delete_post", "comment", "delete_comment",
            "read", "settings_delete", "request_answer", "sessions_end_others", "session_end", "post_like",
            "post_comment", "post_delete", "comment_like", "comment_delete", "settings_avatar", "notifications_read",
            "unmute", "pin_comment", "unpin_comment", "edit_post", "archive", "unarchive", "restore", "purge",
            "withdraw_report", "set_preferences", "seen", "post_save", "post_edit", "post_archive",
            "post_comments_off", "follower_remove", "token_revoke", "post_restore", "post_purge", "report_withdraw",
            "set_language",
        ),
        _ACT,
    ),
    **dict.fromkeys(("appeal", "suspended"), "of whom the log-in let come so far, as tests/ops/test_appeals.py has it"),
    **dict.fromkeys(
        (
            "claim_case", "release_case", "close_case", "reopen_case", "moderation_claim", "moderation_outcome",
        ),
        _MODERATION,
    ),
    **dict.fromkeys(("why", "trace"), "for staff with a second factor alone, as tests/ops/test_trail_pages.py has it"),
    **dict.fromkeys(
        (
            "connections", "disconnect", "connection", "connection_tail", "tail", "tail_stop", "nodes", "node_order",
            "audit",
        ),
        _OPERATION,
    ),
    **dict.fromkeys(
        (
            "asyncapi", "openapi-json", "openapi-view", "instance", "api-root", "developers", "developers_protocol",
            "developers_playground", "healthz", "readyz", "metrics", "worker", "offline", "share", "csp_report",
            "robots", "catalogue",
        ),
        _OPEN,
    ),
    **dict.fromkeys(
        (
            "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
            "account_email", "account_email_verification_sent", "account_change_password", "account_set_password",
            "account_reset_password", "account_confirm_login_code", "account_confirm_email",
            "account_reset_password_from_key_done", "account_reset_password_from_key", "account_reset_password_done",
            "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
            "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
            "mfa_list_webauthn", "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_login_webauthn",
            "mfa_reauthenticate_webauthn", "app_passkeys",
        ),
        _SIGN_IN,
    ),
}  # fmt: skip

# A task that renders for a person (mail, push, export) belongs to the matrix; these derive rows, files and frames.
RENDERING_NOTHING = {
    "accounts.end_mutes": "removes rows",
    "accounts.end_suspensions": "lets people in again",
    "accounts.forget_names": "removes rows",
    "content.purge_posts": "removes rows",
    "content.purge_media": "removes files",
    "content.rank_posts": "ranks by id; the policy is asked of each reader",
    "content.render_media": "makes files",
    "content.watch_media": "sends tasks",
    "events.drain": "derives; what it sends is asked of topics and logs",
    "events.sweep": "drains",
    "feeds.announce": "tells followers' feed topics, by id alone",
    "ops.purge_cases": "removes rows",
    "project.purge_accounts": "removes rows and files",
    "project.rebuild_counters": "counts",
    "realtime.keep_log": "removes old rows",
    "realtime.sweep_tickets": "removes old rows",
}
