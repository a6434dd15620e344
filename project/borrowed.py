"""Words of allauth that our pages show, to be translated in our tone: allauth is formal. Imported by nobody."""

from django.utils.translation import gettext_noop as _

WORDS = (
    _("Use a security key"),
    _("Use authenticator app or code"),
    _("Use your password"),
    _("You cannot activate two-factor authentication until you have verified your email address."),
    _("You cannot add an email address to an account protected by two-factor authentication."),
    _("You cannot deactivate two-factor authentication."),
    _("You cannot generate recovery codes without having two-factor authentication enabled."),
    _(
        "Enabling passwordless operation allows you to sign in using just this key, but imposes additional "
        "requirements such as biometrics or PIN protection."
    ),
)
