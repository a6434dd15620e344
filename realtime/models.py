"""The durable log: each person's head and events. Knows people by number only."""

from django.db import models


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
    """One frame of a person's log, byte for byte as it goes to sockets."""

    pk = models.CompositePrimaryKey("user_id", "seq")
    user_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    frame = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "user_event"

    def __str__(self) -> str:
        return f"{self.user_id}/{self.seq}"
