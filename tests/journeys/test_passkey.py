"""Somebody adds a passkey, and logs in with it and nothing else: a real browser, a virtual authenticator."""

from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests.support.build import make_user

PASSWORD = "a lantern under water"


def plug_in(page):
    """A phone's own authenticator, whose owner is always there and always recognised."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_logs_in_without_a_password(visit, stack):
    ana = make_user("ana", password=PASSWORD)
    page = visit(base_url=stack.url.replace("127.0.0.1", "localhost"))  # a passkey belongs to a name, not to a number
    plug_in(page)
    page.goto("/accounts/login/?next=/accounts/2fa/webauthn/add/")
    page.get_by_label("Login").fill("ana")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("Password").fill(PASSWORD)  # proves it once more
    page.get_by_role("button", name="Go on").click()

    page.get_by_label("Name").fill("My phone")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Log in with a passkey").click()

    page.wait_for_url("/")
    assert page.request.get("/api/v1/me").json()["username"] == "ana"
    assert str(Authenticator.objects.get(user=ana, type="webauthn")) == "My phone"
