"""The session engine: Django's database sessions, with the person and the browser as columns."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import Session

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
