"""Posts, their photos, likes and comments. Columns, constraints and chainable filters; no behaviour."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from accounts.policies import known_to, named_to, open_to
from core.ids import id_field

MAX_CAPTION = 2_200  # characters, as on Instagram
MAX_COMMENT = 1_000
MAX_ALT = 1_000
MAX_ALBUM = 20


class PostQuerySet(models.QuerySet["Post"]):
    """Which posts; every list starts from one of these."""

    def published(self) -> Self:
        """Posts whose photos are all ready and that nobody has deleted."""
        return self.filter(published_at__isnull=False, deleted_at__isnull=True)

    def visible_to(self, viewer_id: int | None) -> Self:
        """The one policy for posts: what people open to the viewer published, one's own before that; deleted never."""
        shown = Q(published_at__isnull=False)
        if viewer_id is not None:
            shown |= Q(author_id=viewer_id)
        return self.filter(shown, open_to(viewer_id, "author"), deleted_at__isnull=True)


class Post(models.Model):
    """Photos with a caption. Counts and `ver` are derived when the outbox is drained."""

    id = id_field()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="posts")
    caption = models.CharField(max_length=MAX_CAPTION, default="", blank=True)
    published_at = models.DateTimeField(null=True)  # when the last of its photos was ready
    deleted_at = models.DateTimeField(null=True)
    like_count = models.IntegerField(default=0)
    comment_count = models.IntegerField(default=0)
    ver = models.BigIntegerField(default=0)  # grows with each change of the counts

    objects = PostQuerySet.as_manager()

    class Meta:
        db_table = "content_post"
        constraints = (
            models.CheckConstraint(condition=models.Q(like_count__gte=0), name="like_count_not_negative"),
            models.CheckConstraint(condition=models.Q(comment_count__gte=0), name="comment_count_not_negative"),
        )
        indexes = (models.Index(fields=["author", "-id"], name="post_by_author"),)

    def __str__(self) -> str:
        return f"post {self.id}"


class MediaState(models.TextChoices):
    """uploaded > processing > ready | failed(reason)."""

    UPLOADED = "uploaded"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


UNFINISHED = (MediaState.UPLOADED, MediaState.PROCESSING)


class MediaPurpose(models.TextChoices):
    """What a photo was sent for."""

    POST = "post"
    AVATAR = "avatar"


class MediaQuerySet(models.QuerySet["Media"]):
    """Which photos; every lookup starts from one of these."""

    def kept(self) -> Self:
        """Photos that nobody has deleted."""
        return self.filter(deleted_at__isnull=True)

    def visible_to(self, viewer_id: int | None) -> Self:
        """The one policy for photos: one's own, those of visible posts, and avatars of those one may name."""
        posts = Post.objects.visible_to(viewer_id).filter(pk=OuterRef("post_id"))
        avatar = Q(named_to(viewer_id, "owner"), purpose=MediaPurpose.AVATAR)
        return self.kept().filter(Q(owner_id=viewer_id) | avatar | Exists(posts))


class Media(models.Model):
    """One uploaded photo. `folder` is an unguessable name below MEDIA_ROOT; renditions are WebP files in it."""

    id = id_field()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="media")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="media")
    position = models.SmallIntegerField(default=0)
    purpose = models.CharField(max_length=8, choices=MediaPurpose, default=MediaPurpose.POST)
    state = models.CharField(max_length=12, choices=MediaState, default=MediaState.UPLOADED)
    reason = models.CharField(max_length=300, default="", blank=True)
    folder = models.CharField(max_length=64, unique=True)
    alt = models.CharField(max_length=MAX_ALT, default="", blank=True)
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    blurhash = models.CharField(max_length=60, default="", blank=True)
    placeholder = models.CharField(max_length=600, default="", blank=True)  # a 16-pixel WebP as data: URI
    renditions = models.JSONField(default=dict)  # {"320": "<file name>", …}
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)  # of the last attempt, or requeue; the watchdog compares it
    deleted_at = models.DateTimeField(null=True)  # the row goes once its files are gone

    objects = MediaQuerySet.as_manager()

    class Meta:
        db_table = "content_media"
        indexes = (
            models.Index("post", "position", name="media_by_post"),
            models.Index(
                "created_at", name="media_unfinished", condition=models.Q(state__in=["uploaded", "processing"])
            ),
            models.Index("deleted_at", name="media_deleted", condition=models.Q(deleted_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"media {self.id} {self.state}"


class Like(models.Model):
    """One person likes one post, once."""

    id = id_field()
    post = models.ForeignKey(Post, models.CASCADE, related_name="likes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="likes")

    class Meta:
        db_table = "content_like"
        constraints = (models.UniqueConstraint("post", "user", name="like_once"),)
        indexes = (models.Index(fields=["post", "-id"], name="like_by_post"),)

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.post_id}"


class CommentQuerySet(models.QuerySet["Comment"]):
    """Which comments; every list starts from here."""

    def visible_to(self, viewer_id: int | None) -> Self:
        """Comments of people whom the viewer may know of. Their post has a policy of its own, and is asked first."""
        return self.filter(known_to(viewer_id, "author"))


class Comment(models.Model):
    """A comment under a post. Deleting one removes the row."""

    id = id_field()
    post = models.ForeignKey(Post, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="comments")
    text = models.CharField(max_length=MAX_COMMENT)

    objects = CommentQuerySet.as_manager()

    class Meta:
        db_table = "content_comment"
        indexes = (models.Index(fields=["post", "-id"], name="comment_by_post"),)

    def __str__(self) -> str:
        return f"comment {self.id} on {self.post_id}"


class Kind(models.TextChoices):
    """What a repeated request must not make twice."""

    POST = "post"
    COMMENT = "comment"
    MEDIA = "media"


class Made(models.Model):
    """What a person's request with an `Idempotency-Key` made, so that sending it again finds it."""

    id = id_field()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
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
