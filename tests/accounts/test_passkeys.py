"""Bounds of passkeys, on pages and for apps."""

import pytest
from allauth.mfa.models import Authenticator

from accounts.passkeys import MAX_PASSKEY_NAME, MAX_PASSKEYS, AddPasskeyForm
from tests.support.build import make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "deep sea lantern"
APP = "/_allauth/app/v1"
TOO_LONG = ["Ensure this value has at most 100 characters (it has 101)."]


@pytest.fixture
def ana():
    return make_user("ana", password=PASSWORD)


def make_passkeys(user, number):
    rows = [Authenticator(user=user, type="webauthn", data={"name": f"Key {n}"}) for n in range(number)]
    return Authenticator.objects.bulk_create(rows)


def confirmed(user):
    """Somebody who has just proved their password again."""
    web = Web(user)
    web.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return web


def app_of(web):
    answer = web.send("POST", f"{APP}/auth/login", {"username": "ana", "password": PASSWORD})
    return Web(csrf=True, headers={"X-Session-Token": answer.json()["meta"]["session_token"]})


def test_a_passkeys_name_is_bounded(ana):
    answer = confirmed(ana).post("/accounts/2fa/webauthn/add/", {"name": "x" * (MAX_PASSKEY_NAME + 1)})

    assert answer.context["form"].errors["name"] == TOO_LONG


def test_a_passkeys_new_name_is_bounded(ana):
    (passkey,) = make_passkeys(ana, 1)

    answer = confirmed(ana).post(f"/accounts/2fa/webauthn/keys/{passkey.pk}/edit/", {"name": "x" * 101})

    assert answer.context["form"].errors["name"] == TOO_LONG


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_passkeys_name_is_bounded_for_apps(method, ana):
    app = app_of(Web(csrf=True))
    (passkey,) = make_passkeys(ana, 1)

    answer = app.send(method, f"{APP}/account/authenticators/webauthn", {"id": passkey.pk, "name": "x" * 101})

    assert {error["param"]: error["message"] for error in answer.json()["errors"]}["name"] == TOO_LONG[0]


@pytest.mark.parametrize(
    ("number", "errors"), [(MAX_PASSKEYS - 1, []), (MAX_PASSKEYS, ["At most 20 passkeys. Remove one first."])]
)
def test_the_number_of_passkeys_is_bounded(number, errors, ana):
    make_passkeys(ana, number)
    make_passkeys(make_user("ben"), MAX_PASSKEYS)

    assert AddPasskeyForm({"name": "One more"}, user=ana).non_field_errors() == errors


def test_the_number_of_passkeys_is_bounded_for_apps(ana):
    app = app_of(Web(csrf=True))
    make_passkeys(ana, MAX_PASSKEYS)

    answer = app.send("POST", f"{APP}/account/authenticators/webauthn", {"name": "One more"})

    assert "max_passkeys" in [error["code"] for error in answer.json()["errors"]]
