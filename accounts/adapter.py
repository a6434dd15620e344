"""What allauth asks of us. Sign-up rules, and the browser's name kept with a session."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import is_headless_request
from allauth.headless.internal.restkit.response import APIResponse
from django.conf import settings
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import actions, policies
from accounts.models import User
from accounts.sessions import AGENT_KEY
from accounts.suspension import PROOF_KEY, proof_of, suspension_of
from core.problems import Conflict


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Our answers to allauth's questions."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether people may sign up by themselves."""
        return bool(settings.SIGNUP_OPEN)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Lower the name before it is judged: phones begin words with a capital."""
        return str(super().clean_username(username.strip().lower(), shallow))

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Make a person; the name may have been taken since the form looked.

        Raises:
            Conflict: if it was.
        """
        try:
            with transaction.atomic():
                return cast("User", super().save_user(request, user, form, commit))
        except IntegrityError as error:
            raise Conflict(_("This name was taken just now. Please choose another."), field="username") from error

    def pre_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse | None:
        """Let a person on to the second factor and to `login` who may keep their account by it, or is suspended.

        Why they are, they alone are told: a password does not prove that it is them.
        """
        if not user.is_active and (user.suspended_at is not None or policies.may_return(user.pk)):
            return None
        return cast("HttpResponse | None", super().pre_login(request, user, **options))

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign a person in, and remember the browser for the list of sessions. Whoever had left is back with it.

        Raises:
            ImmediateHttpResponse: if they are suspended, with what they are told.
        """
        if user.suspended_at is not None:
            clear_login(request)
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        if not user.is_active and actions.restore_account(username=user.username):
            user.refresh_from_db(fields=["is_active", "deleted_at"])
        super().login(request, user)
        request.session.pop(PROOF_KEY, None)
        request.session[AGENT_KEY] = request.headers.get("User-Agent", "")[:200]

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Tell a suspended person why, until when, and how to appeal: an app in the answer, a browser on a page."""
        if user.suspended_at is None:
            return cast("HttpResponse", super().respond_user_inactive(request, user))
        proof = proof_of(user)
        if is_headless_request(request):
            suspension = suspension_of(user).as_dict() | {"proof": proof}
            return cast("HttpResponse", APIResponse(request, data={"suspension": suspension}, status=403))
        request.session.cycle_key()  # whoever knew it before has not logged in
        request.session[PROOF_KEY] = proof
        return redirect("suspended")

    def set_password(self, user: User, password: str) -> None:
        """Change a password, from a session of that person or from a link in a mail; other sessions end."""
        request = self.request
        own = request is not None and request.user.is_authenticated and request.user.pk == user.pk
        actions.change_password(user=user, password=password, keep_key=request.session.session_key if own else None)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell of a change by mail. After one of the second factor, which ends here, every other session ends."""
        if template_prefix.startswith("mfa/"):
            actions.second_factor_changed(user_id=user.pk, keep_key=self.request.session.session_key)
        super().send_notification_mail(template_prefix, user, context, email)

    def get_user_search_fields(self) -> list[str]:
        """Fields that the admin searches."""
        return ["username", "name", "email"]

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Leave the name as the person chose it: never invent one."""
