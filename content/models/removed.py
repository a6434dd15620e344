"""Comments that staff removed, for the day that they are put back. Columns and constraints; no behaviour."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from content.models.comments import MAX_COMMENT
from content.models.posts import Post


class RemovedComment(models.Model):
    """A comment as it was, out of the way of whoever reads or counts comments; its likes are gone.

    What was removed with it has its id as `root_id`: itself, and the answers to it.
    """

    id = models.BigIntegerField(primary_key=True)  # the comment's, which it takes again
    root_id = models.BigIntegerField()
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    parent_id = models.BigIntegerField(null=True)
    text = models.CharField(max_length=MAX_COMMENT)
    removed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "content_removed_comment"
        indexes = (
            models.Index(fields=["root_id", "id"], name="removed_by_root"),
            models.Index(fields=["removed_at"], name="removed_by_age"),
        )

    def __str__(self) -> str:
        return f"removed comment {self.id} on {self.post_id}"
