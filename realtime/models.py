"""The durable log, each person's head and events; and tickets for handshakes. Knows people by number only."""

from django.db import models
from django.db.models import Q


class Head(models.Model):
    """Where a person's log stands. The row is locked from taking a `seq` to the commit: contiguous, in commit order."""

    user_id = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField(default=0)  # of the newest event
    trimmed = models.BigIntegerField(default=0)  # up to here events are gone

    class Meta:
        db_table = "user_head"

    def __str__(self) -> str:
        return f"{self.user_id} at {self.seq}"


class UserEvent(models.Model):
    """One frame of a person's log, byte for byte as it goes to sockets. The table is in realtime.partitions."""

    pk = models.CompositePrimaryKey("user_id", "seq")
    user_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    frame = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "user_event"

    def __str__(self) -> str:
        return f"{self.user_id}/{self.seq}"


class Ticket(models.Model):
    """The right to open one socket, made from a session or from a token, and gone with it (the database sees to it)."""

    digest = models.BinaryField(primary_key=True, max_length=32)  # SHA-256 of the ticket
    user_id = models.BigIntegerField()
    session_id = models.BigIntegerField(null=True)
    token_id = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField()  # by the clock of the database

    class Meta:
        db_table = "realtime_ticket"
        constraints = (
            models.CheckConstraint(
                condition=Q(session_id__isnull=True) ^ Q(token_id__isnull=True), name="ticket_of_session_or_token"
            ),
        )
        indexes = (
            models.Index(fields=["user_id", "-expires_at"], name="ticket_by_user"),
            models.Index(fields=["session_id"], name="ticket_by_session"),
            models.Index(fields=["token_id"], name="ticket_by_token"),
        )

    def __str__(self) -> str:
        return f"a ticket of {self.user_id}"
