"""What allauth leaves unbounded: how many passkeys a person has, how long their names are. For pages and apps."""

from typing import Any, cast

from allauth.headless.mfa import inputs
from allauth.headless.mfa.views import ManageWebAuthnView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext as _

MAX_PASSKEYS = 20  # each log-in sends and looks through all of them
MAX_PASSKEY_NAME = 100  # characters; as allauth itself has it where an app renames one


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A new passkey; the count is asked before the ceremony is used up."""

    name = forms.CharField(required=False, max_length=MAX_PASSKEY_NAME)

    def clean(self) -> dict[str, Any]:
        """Refuse one key too many. Two that are added in one moment may both pass: a bound, not a promise."""
        if Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN).count() >= MAX_PASSKEYS:
            raise forms.ValidationError(
                _("At most %(limit)s passkeys. Remove one first.") % {"limit": MAX_PASSKEYS}, code="max_passkeys"
            )
        return cast("dict[str, Any]", super().clean())


class EditPasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """A passkey's name."""

    name = forms.CharField(max_length=MAX_PASSKEY_NAME)


class AddPasskeyInput(AddPasskeyForm, inputs.AddWebAuthnInput):  # type: ignore[misc]
    """A new passkey, from an app."""


class AppPasskeysView(ManageWebAuthnView):  # type: ignore[misc]
    """allauth's resource, with our form."""

    input_class = ManageWebAuthnView.input_class | {"POST": AddPasskeyInput}
