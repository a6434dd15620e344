"""What is said under posts, and whom it names. Columns, constraints and chainable filters; no behaviour."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.policies import known_to
from content.models.posts import Post
from core.ids import id_field

MAX_COMMENT = 1_000  # characters
MAX_MENTIONS = 20  # people whom one text names; more stay plain text


class CommentQuerySet(models.QuerySet["Comment"]):
    """Which comments; every list starts from here."""

    def visible_to(self, viewer_id: int | None) -> Self:
        """Comments of people whom the viewer may know of. Their post has a policy of its own, and is asked first."""
        return self.filter(known_to(viewer_id, "author"))

    def shown_to(self, viewer_id: int | None) -> Self:
        """Comments that the viewer finds: they see the post, and know who wrote the comment and what it answers."""
        posts = Post.objects.visible_to(viewer_id).filter(pk=OuterRef("post_id"))
        answered = Q(parent=None) | known_to(viewer_id, "parent__author")
        return self.visible_to(viewer_id).filter(answered, Exists(posts))


class Comment(models.Model):
    """A comment under a post, or an answer to one: threads are one level deep. Deleting one removes its answers too.

    `like_count` and `reply_count` are derived when the outbox is drained.
    """

    id = id_field()
    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="comments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="comments")
    text = models.CharField(max_length=MAX_COMMENT)
    like_count = models.IntegerField(default=0, db_default=0)
    reply_count = models.IntegerField(default=0, db_default=0)
    ver = models.BigIntegerField(default=0, db_default=0)  # grows with each change of the counts

    objects = CommentQuerySet.as_manager()

    class Meta:
        db_table = "content_comment"
        constraints = (
            models.CheckConstraint(condition=models.Q(like_count__gte=0), name="comment_likes_not_negative"),
            models.CheckConstraint(condition=models.Q(reply_count__gte=0), name="replies_not_negative"),
        )
        indexes = (
            models.Index(fields=["post", "-id"], name="comment_by_post"),
            models.Index("parent", "id", name="reply_by_parent", condition=models.Q(parent__isnull=False)),
        )

    def __str__(self) -> str:
        return f"comment {self.id} on {self.post_id}"


class CommentLike(models.Model):
    """One person likes one comment, once."""

    id = id_field()
    comment = models.ForeignKey(Comment, models.CASCADE, db_index=False, related_name="likes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="comment_likes")

    class Meta:
        db_table = "content_comment_like"
        constraints = (models.UniqueConstraint("comment", "user", name="comment_like_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} likes comment {self.comment_id}"


class Mention(models.Model):
    """A caption (then `comment` is None) or a comment names a person."""

    id = id_field()
    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="mentions")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")

    class Meta:
        db_table = "content_mention"
        constraints = (models.UniqueConstraint("post", "comment", "user", name="mention_once", nulls_distinct=False),)

    def __str__(self) -> str:
        return f"{self.user_id} in {self.comment_id or self.post_id}"
