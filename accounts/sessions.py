"""The session engine: Django's database sessions, with the person and the browser as columns, and an end that tells."""

from functools import partial
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction

from accounts.models import Session
from accounts.recognized import recognized

AGENT_KEY = "agent"  # the User-Agent at log-in, put there by the adapter


class SessionStore(DatabaseStore):
    """Keeps `user_id` beside the data, so that a person's sessions can be listed and ended."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Name the model of the rows."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Make the row to save; `id` and `created_at` stay as the database has them."""
        session = super().create_model_instance(data)
        assert isinstance(session, Session)
        session.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        session.agent = data.get(AGENT_KEY, "")[:200]
        return session

    def save(self, must_create: bool = False) -> None:
        """Save; what the session proves may be more now, as after a second factor."""
        super().save(must_create=must_create)
        transaction.on_commit(partial(recognized.forget_session, self.session_key or ""))

    def delete(self, session_key: str | None = None) -> None:
        """End the session: this is what logging out comes to."""
        self._end(session_key or self.session_key, "signed_out")

    def cycle_key(self) -> None:
        """Go on under another key, as after a password change; the sockets of the old one are told to follow."""
        data, old_key = self._session, self.session_key  # type: ignore[attr-defined]  # of the stubs alone
        self.create()
        self._session_cache = data
        self._end(old_key, "renewed")

    def _end(self, session_key: str | None, reason: str) -> None:
        if session_key:
            Session.objects.filter(session_key=session_key).end(reason)
