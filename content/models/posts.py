"""Posts, what their captions were, likes and saves. Columns, constraints and chainable filters; no behaviour."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.policies import followed_by, open_to
from core.ids import id_field

MAX_CAPTION = 2_200  # characters, as on Instagram
MAX_ALBUM = 20
RESTORABLE = timedelta(days=30)  # after that a deleted post goes for good


class Visibility(models.TextChoices):
    """Whom a post is for. What its author's privacy hides it hides anyway."""

    PUBLIC = "public", _("Public")
    FOLLOWERS = "followers", _("Followers")


class PostQuerySet(models.QuerySet["Post"]):
    """Which posts; every list starts from one of these."""

    def published(self) -> Self:
        """Posts whose photos are all ready, and that are neither in the archive nor deleted."""
        return self.kept().filter(published_at__isnull=False, archived_at__isnull=True)

    def kept(self) -> Self:
        """Posts that nobody has deleted."""
        return self.filter(deleted_at__isnull=True)

    def visible_to(self, viewer_id: int | None) -> Self:
        """The one policy for posts: what people open to the viewer published for them, one's own before that.

        Deleted posts are shown to nobody; archived ones neither, but their author finds them (`readable_by`).
        """
        return self.kept().filter(_visible_to(viewer_id))

    def with_public(self) -> Self:
        """Each post with `is_public`: whether anybody may see it."""
        return self.annotate(is_public=Q(deleted_at__isnull=True) & _visible_to(None))

    def readable_by(self, viewer_id: int | None) -> Self:
        """What a viewer may open by its address: visible posts, and those in their own archive."""
        own = Q() if viewer_id is None else Q(author_id=viewer_id, author__is_active=True)
        return self.kept().filter(_visible_to(viewer_id) | own)


def _visible_to(viewer_id: int | None) -> Q:
    return _shown_to(viewer_id) & open_to(viewer_id, "author") & Q(archived_at__isnull=True)


def _shown_to(viewer_id: int | None) -> Q:
    """Whether a post is out, and meant for the viewer too; or it is their own."""
    out, public = Q(published_at__isnull=False), Q(visibility=Visibility.PUBLIC)
    if viewer_id is None:
        return out & public
    return Q(author_id=viewer_id) | (out & (public | followed_by(viewer_id, "author")))


class Post(models.Model):
    """Photos with a caption. Counts and `ver` are derived when the outbox is drained."""

    id = id_field()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="posts")
    caption = models.CharField(max_length=MAX_CAPTION, default="", blank=True)
    visibility = models.CharField(
        max_length=10, choices=Visibility, default=Visibility.PUBLIC, db_default=Visibility.PUBLIC
    )
    comments_off = models.BooleanField(default=False, db_default=False)
    pinned_comment = models.ForeignKey("Comment", models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)  # when the last of its photos was ready
    edited_at = models.DateTimeField(null=True)  # the last edit of its caption
    archived_at = models.DateTimeField(null=True)  # its author alone sees it, in the archive
    deleted_at = models.DateTimeField(null=True)  # its author may bring it back for a while, then it goes for good
    removed_at = models.DateTimeField(null=True)  # by staff, who alone may bring it back; `deleted_at` is set beside it
    like_count = models.IntegerField(default=0)
    comment_count = models.IntegerField(default=0)
    ver = models.BigIntegerField(default=0)  # grows with each change of the counts

    objects = PostQuerySet.as_manager()

    class Meta:
        db_table = "content_post"
        constraints = (
            models.CheckConstraint(condition=models.Q(like_count__gte=0), name="like_count_not_negative"),
            models.CheckConstraint(condition=models.Q(comment_count__gte=0), name="comment_count_not_negative"),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True) | models.Q(deleted_at__isnull=False),
                name="removed_is_deleted",
            ),
        )
        indexes = (
            models.Index(fields=["author", "-id"], name="post_by_author"),
            models.Index("deleted_at", name="post_deleted", condition=models.Q(deleted_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"post {self.id}"


class PostEdit(models.Model):
    """What a post's caption was before an edit; whoever sees the post may read its history."""

    id = id_field()
    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="edits")
    caption = models.CharField(max_length=MAX_CAPTION, default="", blank=True)

    class Meta:
        db_table = "content_post_edit"
        indexes = (models.Index(fields=["post", "-id"], name="edit_by_post"),)

    def __str__(self) -> str:
        return f"edit {self.id} of {self.post_id}"


class Save(models.Model):
    """One person keeps one post for later. Nobody else knows."""

    id = id_field()
    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="saves")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="saves")

    class Meta:
        db_table = "content_save"
        constraints = (models.UniqueConstraint("post", "user", name="save_once"),)
        indexes = (models.Index(fields=["user", "-id"], name="save_by_user"),)

    def __str__(self) -> str:
        return f"{self.user_id} keeps {self.post_id}"


class Like(models.Model):
    """One person likes one post, once."""

    id = id_field()
    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="likes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="likes")

    class Meta:
        db_table = "content_like"
        constraints = (models.UniqueConstraint("post", "user", name="like_once"),)
        indexes = (models.Index(fields=["post", "-id"], name="like_by_post"),)

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.post_id}"
