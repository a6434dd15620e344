"""The outbox table: what has happened and is not derived yet. Rows are consumed by presence and deleted."""

from django.db import models

from core.tracking import MAX_ID, MAX_TRACEPARENT

SHARDS = 16  # drains that may run side by side; a person's events always share one shard, in order
MAX_ATTEMPTS = 5  # then the row is a dead letter: kept, counted, skipped


class OutboxRow(models.Model):
    """One event, written in the transaction of its facts. `id` orders a shard; it is no cursor."""

    id = models.BigAutoField(primary_key=True)
    shard = models.SmallIntegerField()
    event = models.TextField()  # JSON of events.types
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.SmallIntegerField(default=0)
    error = models.TextField(default="", blank=True)
    request_id = models.CharField(max_length=MAX_ID, default="", db_default="", blank=True)  # that did it
    traceparent = models.CharField(max_length=MAX_TRACEPARENT, default="", db_default="", blank=True)  # if sampled

    class Meta:
        db_table = "outbox"
        indexes = (
            models.Index("shard", "id", name="outbox_waiting", condition=models.Q(attempts__lt=MAX_ATTEMPTS)),
            models.Index("id", name="outbox_dead", condition=models.Q(attempts__gte=MAX_ATTEMPTS)),
        )

    def __str__(self) -> str:
        return f"{self.id} shard {self.shard}: {self.event}"
