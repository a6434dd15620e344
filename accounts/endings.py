"""Rows that prove who somebody is, and announce their end however they are deleted. Knows no particular row."""

from abc import abstractmethod
from typing import Any, ClassVar, TypeVar

from django.db import models, transaction

from accounts.recognized import Kind, forget_after_commit
from events import outbox
from events.types import SessionEnded, TokenRevoked

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class Announced(models.QuerySet[Row_co]):
    """Rows whose sockets are told when they go, one by one, in bulk or from the admin.

    Where only the usual path announces, the unusual one leaves sockets open (Mastodon CVE-2024-25619). What passes
    by here as well, a cascade or plain SQL, the sockets' own question finds (`queries.still_valid`).
    """

    kind: ClassVar[Kind]

    @abstractmethod
    def event_of(self, row: Any, reason: str) -> SessionEnded | TokenRevoked | None:
        """What to announce of a row that goes; None for nothing."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete these rows and announce it."""
        return self.end("ended")

    def end(self, reason: str) -> tuple[int, dict[str, int]]:
        """Delete these rows and announce why. Of two who end the same row at once, one announces it."""
        with transaction.atomic():
            rows: list[Any] = list(self.order_by("pk").select_for_update())
            for row in rows:
                forget_after_commit(self.kind, row.id)
                event = self.event_of(row, reason)
                if event is not None:
                    outbox.record(event, for_user=event.user_id)
            return self.model._base_manager.filter(pk__in=[row.pk for row in rows]).delete()

    def end_unannounced_unsafe(self) -> None:
        """Delete these rows in silence: only beside an event that closes all of a person's sockets."""
        self.model._base_manager.filter(pk__in=self.values("pk")).delete()
