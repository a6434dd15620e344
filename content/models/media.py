"""Uploaded photos and videos. Columns, constraints and chainable filters; no behaviour."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Now

from accounts.policies import named_to
from content.models.posts import Post
from core.ids import id_field

MAX_ALT = 1_000  # characters


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


class MediaKind(models.TextChoices):
    """What was sent, as its bytes say."""

    PHOTO = "photo"
    VIDEO = "video"


class MediaQuerySet(models.QuerySet["Media"]):
    """Which photos; every lookup starts from one of these."""

    def kept(self) -> Self:
        """Photos that nobody has deleted."""
        return self.filter(deleted_at__isnull=True)

    def purgeable(self) -> Self:
        """Photos that somebody has deleted, and nobody holds as evidence."""
        return self.filter(Q(held_until__isnull=True) | Q(held_until__lte=Now()), deleted_at__isnull=False)

    def visible_to(self, viewer_id: int | None) -> Self:
        """The one policy for photos: one's own, those of visible posts, and avatars of those one may name."""
        return self.kept().filter(Q(owner_id=viewer_id) | _shown_to(viewer_id))

    def with_public(self) -> Self:
        """Each photo with `is_public`: whether anybody may see it."""
        return self.annotate(is_public=_shown_to(None))


def _shown_to(viewer_id: int | None) -> Q:
    posts = Post.objects.visible_to(viewer_id).filter(pk=OuterRef("post_id"))
    avatar = Q(named_to(viewer_id, "owner"), purpose=MediaPurpose.AVATAR)
    return avatar | Q(Exists(posts))


class Media(models.Model):
    """One uploaded photo or video. `folder` is an unguessable name below MEDIA_ROOT; renditions are files in it.

    A video has a poster, whose WebP renditions, blurhash and placeholder are where those of a photo are.
    """

    id = id_field()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="media")
    post = models.ForeignKey(Post, models.CASCADE, null=True, db_index=False, related_name="media")
    position = models.SmallIntegerField(default=0)
    purpose = models.CharField(max_length=8, choices=MediaPurpose, default=MediaPurpose.POST)
    kind = models.CharField(max_length=8, choices=MediaKind, default=MediaKind.PHOTO, db_default=MediaKind.PHOTO)
    state = models.CharField(max_length=12, choices=MediaState, default=MediaState.UPLOADED)
    reason = models.CharField(max_length=300, default="", blank=True)
    folder = models.CharField(max_length=64, unique=True)
    alt = models.CharField(max_length=MAX_ALT, default="", blank=True)
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    blurhash = models.CharField(max_length=60, default="", blank=True)
    placeholder = models.CharField(max_length=600, default="", blank=True)  # a 16-pixel WebP as data: URI
    renditions = models.JSONField(default=dict)  # {"320": "<file name>", …}
    videos = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # {"1280": "<name>.mp4", …}
    duration_ms = models.IntegerField(default=0, db_default=0)
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)  # of the last attempt, or requeue; the watchdog compares it
    deleted_at = models.DateTimeField(null=True)  # the row goes once its files are gone
    held_until = models.DateTimeField(null=True)  # somebody has reported the post: so long its files stay

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
