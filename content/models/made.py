"""What repeated requests have made. Columns and constraints; no behaviour."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from core.ids import id_field


class Kind(models.TextChoices):
    """What a repeated request must not make twice."""

    POST = "post"
    COMMENT = "comment"
    MEDIA = "media"


class Made(models.Model):
    """What a person's request with an `Idempotency-Key` made, so that sending it again finds it."""

    id = id_field()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    key = models.CharField(max_length=64)
    object_id = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "content_made"
        constraints = (models.UniqueConstraint("actor", "kind", "key", name="made_once"),)
        indexes = (models.Index("created_at", name="made_by_age"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} by {self.actor_id}"
