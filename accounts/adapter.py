"""What allauth asks of us. Sign-up rules, and the browser's name kept with a session."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from accounts import actions
from accounts.models import User
from accounts.sessions import AGENT_KEY


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Our answers to allauth's questions."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether people may sign up by themselves."""
        return bool(settings.SIGNUP_OPEN)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Lower the name before it is judged: phones begin words with a capital."""
        return str(super().clean_username(username.strip().lower(), shallow))

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign a person in, and remember the browser for the list of sessions."""
        super().login(request, user)
        request.session[AGENT_KEY] = request.headers.get("User-Agent", "")[:200]

    def set_password(self, user: User, password: str) -> None:
        """Change a password, from a session of that person or from a link in a mail; other sessions end."""
        request = self.request
        own = request is not None and request.user.is_authenticated and request.user.pk == user.pk
        actions.change_password(user=user, password=password, keep_key=request.session.session_key if own else None)

    def get_user_search_fields(self) -> list[str]:
        """Fields that the admin searches."""
        return ["username", "name", "email"]

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Leave the name as the person chose it: never invent one."""
