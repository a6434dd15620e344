"""Every page of the site, in each state that it has: one list for axe, for the tour and for what else looks at all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from playwright.sync_api import Page as Tab

from project.demo.facts import PASSWORD

VISITOR = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: `name` of its picture, `path` with the town's `places`, `who` looks, and how they `act` to see it."""

    name: str
    path: str
    who: str = "ana"
    proven: bool = False  # has just given a password and a second factor
    act: Callable[[Tab], None] = lambda tab: None
    ends: str = ""  # where the path, or the act, leads, if that is elsewhere
    status: int = 200

    def there(self, places: dict[str, Any]) -> str:
        """The path that is looked at in the end."""
        return (self.ends or self.path).format(**places).partition("?")[0]


def _log_in(username, password=PASSWORD):
    def log_in(tab):
        tab.get_by_label("Login").fill(username)
        tab.get_by_label("Password", exact=True).fill(password)
        with tab.expect_navigation():
            tab.locator("main").get_by_role("button", name="Log in", exact=True).click()

    return log_in


def _forget(tab):
    tab.get_by_label("Email").fill("mira@example.org")
    tab.locator("main").get_by_role("button").first.click()


def _share_nothing(tab):
    with tab.expect_navigation():
        tab.evaluate("document.querySelector('main form').submit()")  # past what the browser itself would ask for


def _break(tab):
    """What Django answers when a view breaks. None of ours does, so the answer is put in the place of another."""
    tab.set_content(render_to_string("500.html"))


def _open_the_menu(tab):
    tab.locator("main details > summary").first.click()


def _count_them(tab):
    tab.get_by_label("Why").fill("They asked for it.")
    with tab.expect_navigation():
        tab.get_by_role("button", name="Count them first").click()


_RESET = "/accounts/password/reset/key/{mira}"

# In the order of a walk through the site; docs/tour.md follows it.
PAGES = (
    Page("welcome", "/", VISITOR),
    Page("sign-up", "/accounts/signup/", VISITOR),
    Page("log-in", "/accounts/login/", VISITOR),
    Page("log-in-refused", "/accounts/login/", VISITOR, act=_log_in("ana", "wrong")),
    Page("log-in-second-factor", "/accounts/login/", VISITOR, act=_log_in("chloe"), ends="/accounts/2fa/authenticate/"),
    Page("password-forgotten", "/accounts/password/reset/", VISITOR),
    Page("password-mailed", "/accounts/password/reset/", VISITOR, act=_forget, ends="/accounts/password/reset/done/"),
    Page("password-new", f"{_RESET}-{{token}}/", VISITOR, ends=f"{_RESET}-set-password/"),
    Page("password-changed", "/accounts/password/reset/key/done/", VISITOR),
    Page("email-sent", "/accounts/confirm-email/", VISITOR),
    Page("email-confirm", "/accounts/confirm-email/{confirm}/", "mira"),
    Page("inactive", "/accounts/inactive/", VISITOR),
    Page("suspended", "/accounts/suspended/", "farid"),
    Page("post-visitor", "/p/{post}/", VISITOR),
    Page("profile-visitor", "/@ana/", VISITOR),
    Page("feed", "/"),
    Page("feed-empty", "/", "mira"),
    Page("explore", "/explore/"),
    Page("search", "/search/"),
    Page("search-found", "/search/?q=co"),
    Page("search-people", "/search/?q=an&type=people"),
    Page("search-nothing", "/search/?q=xyzzy"),
    Page("tag", "/tags/coffee/"),
    Page("tag-empty", "/tags/nothing/"),
    Page("post", "/p/{post}/"),
    Page("post-own", "/p/{own}/"),
    Page("post-album", "/p/{album}/"),
    Page("post-quiet", "/p/{post}/", "mira"),
    Page("post-edit", "/p/{own}/edit/"),
    Page("post-edits", "/p/{own}/edits/"),
    Page("post-likes", "/p/{own}/likes/"),
    Page("post-notifications", "/p/{own}/notifications/"),
    Page("report", "/report/post/{post}/"),
    Page("saved", "/saved/"),
    Page("archive", "/archive/"),
    Page("deleted", "/deleted/"),
    Page("new", "/new/"),
    Page("new-refused", "/new/", act=_share_nothing),
    Page("profile-own", "/@ana/"),
    Page("profile-empty", "/@mira/", "mira"),
    Page("profile", "/@ben/"),
    Page("profile-menu", "/@ben/", act=_open_the_menu),
    Page("profile-private", "/@grace/"),
    Page("profile-blocked", "/@hugo/"),
    Page("profile-mute", "/@ben/mute/"),
    Page("followers", "/@ana/followers/"),
    Page("following", "/@ana/following/"),
    Page("followers-empty", "/@mira/followers/", "mira"),
    Page("notifications", "/notifications/"),
    Page("notifications-empty", "/notifications/", "mira"),
    Page("settings", "/settings/"),
    Page("settings-privacy", "/settings/privacy/"),
    Page("settings-notifications", "/settings/notifications/"),
    Page("settings-requests", "/settings/requests/", "grace"),
    Page("settings-requests-empty", "/settings/requests/"),
    Page("settings-muted", "/settings/muted/"),
    Page("settings-blocked", "/settings/blocked/"),
    Page("settings-sessions", "/settings/sessions/"),
    Page("settings-tokens", "/settings/tokens/"),
    Page("settings-data", "/settings/data/"),
    Page("settings-reports", "/settings/reports/"),
    Page("settings-password", "/accounts/password/change/"),
    Page("settings-email", "/accounts/email/"),
    Page("second-factor", "/accounts/2fa/"),
    Page("second-factor-on", "/accounts/2fa/", "ben", proven=True),
    Page("second-factor-app", "/accounts/2fa/totp/activate/", proven=True),
    Page("second-factor-app-off", "/accounts/2fa/totp/deactivate/", "ben", proven=True),
    Page("second-factor-codes", "/accounts/2fa/recovery-codes/", "ben", proven=True),
    Page("second-factor-codes-new", "/accounts/2fa/recovery-codes/generate/", "ben", proven=True),
    Page("passkeys", "/accounts/2fa/webauthn/", proven=True),
    Page("passkeys-add", "/accounts/2fa/webauthn/add/", proven=True),
    Page("passkeys-one", "/accounts/2fa/webauthn/", "dan", proven=True),
    Page("passkeys-rename", "/accounts/2fa/webauthn/keys/{passkey}/edit/", "dan", proven=True),
    Page("passkeys-remove", "/accounts/2fa/webauthn/keys/{passkey}/remove/", "dan", proven=True),
    Page("prove-again", "/accounts/reauthenticate/"),
    Page("prove-again-by-code", "/accounts/2fa/reauthenticate/", "ben"),
    Page("log-out", "/accounts/logout/"),
    Page("console", "/ops/", "operator", proven=True),
    Page("moderation", "/ops/moderation/", "operator", proven=True),
    Page("moderation-none", "/ops/moderation/?state=closed", "operator", proven=True),
    Page("moderation-case", "/ops/moderation/{unclaimed}/", "operator", proven=True),
    Page("moderation-case-claimed", "/ops/moderation/{case}/", "operator", proven=True),
    Page("connections", "/ops/connections/", "operator", proven=True),
    Page("connections-none", "/ops/connections/?app=nothing", "operator", proven=True),
    Page("connections-refused", "/ops/connections/?network=here", "operator", proven=True, status=422),
    Page("connection", "/ops/connections/{connection}/", "operator", proven=True),
    Page("disconnect", "/ops/connections/disconnect/?person=ben", "operator", proven=True, act=_count_them),
    Page("tail", "/ops/tails/{tail}/", "operator", proven=True),
    Page("nodes", "/ops/nodes/", "operator", proven=True),
    Page("node-order", "/ops/nodes/{node}/?do=drain", "operator", proven=True, act=_count_them),
    Page("record", "/ops/audit/", "operator", proven=True),
    Page("why", "/ops/why/", "operator", proven=True),
    Page("why-found", "/ops/why/?person=ana&about=post&number={own}", "operator", proven=True),
    Page("trace", "/ops/trace/", "operator", proven=True),
    Page("developers", "/developers/"),
    Page("developers-protocol", "/developers/protocol/"),
    Page("developers-playground", "/developers/playground/"),
    Page("offline", "/offline/", VISITOR),
    Page("not-found", "/p/1/", status=404),
    Page("not-found-visitor", "/nowhere/", VISITOR, status=404),
    Page("broken", "/", VISITOR, act=_break),
)

# Routes that show no page of their own: files, programs' answers, and steps that nobody of the town comes to.
NO_PAGES = {
    "asyncapi", "app_passkeys", "media", "video", "moderation_photo", "moderation_video", "console_history", "healthz",
    "readyz", "metrics", "worker", "share", "csp_report", "robots", "catalogue",
    "mfa_download_recovery_codes", "mfa_login_webauthn", "mfa_reauthenticate_webauthn",
    "account_set_password",  # everybody has one
    "account_confirm_login_code",  # log-in by a mailed code is off
}  # fmt: skip


def named(name):
    """The page of this name."""
    return next(page for page in PAGES if page.name == name)
