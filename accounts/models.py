"""People, how they prove who they are, and how they stand to each other. Columns and constraints, no behaviour."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from accounts.endings import Announced
from core import clock
from core.ids import id_field
from events.types import SessionEnded, TokenRevoked

MAX_NAME = 60  # characters
MAX_BIO = 500
MAX_REASON = 300
MAX_LANGUAGE = 16
GRACE = timedelta(days=30)  # between the deletion of an account, which can be undone, and its removal
NAME_KEPT = timedelta(days=90)  # a name that was given up

USERNAME_PATTERN = r"^[a-z0-9](?:[a-z0-9._]{0,28}[a-z0-9_])?$"
valid_username = RegexValidator(
    USERNAME_PATTERN,
    "1 to 30 of a to z, 0 to 9, dot and underscore; it starts with a letter or digit and ends without a dot.",
)


class User(AbstractUser):
    """A person. The counts are derived when the outbox is drained, never by an action."""

    id = id_field()
    username = models.CharField(max_length=30, unique=True, validators=[valid_username])
    name = models.CharField(max_length=MAX_NAME, default="", blank=True)
    bio = models.CharField(max_length=MAX_BIO, default="", blank=True)
    avatar = models.CharField(max_length=64, default="", blank=True)  # folder of the avatar's renditions
    follower_count = models.IntegerField(default=0)
    following_count = models.IntegerField(default=0)
    post_count = models.IntegerField(default=0)
    ver = models.BigIntegerField(default=0, db_default=0)  # grows with each change of the counts
    is_pulled = models.BooleanField(default=False, db_default=False)  # feeds ask for what they post; never again false
    is_private = models.BooleanField(default=False, db_default=False)  # only followers see what they post
    shows_presence = models.BooleanField(default=True, db_default=True)  # to mutual followers, that they are here
    language = models.CharField(max_length=MAX_LANGUAGE, default="", db_default="", blank=True)  # empty: the browser's
    renamed_at = models.DateTimeField(null=True, blank=True)  # the last change of the username
    # `is_active` is what every read asks. These two are why it is false; a person may be both.
    suspended_at = models.DateTimeField(null=True, blank=True)  # by staff
    suspended_until = models.DateTimeField(null=True, blank=True)  # None: until staff lifts it
    suspension_reason = models.CharField(max_length=MAX_REASON, default="", db_default="", blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)  # by themselves: hidden now, removed for good later

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    REQUIRED_FIELDS = ["email"]  # noqa: RUF012 -- the type that the base class declares

    class Meta:
        db_table = "accounts_user"
        constraints = (
            models.CheckConstraint(condition=models.Q(follower_count__gte=0), name="follower_count_not_negative"),
            models.CheckConstraint(condition=models.Q(following_count__gte=0), name="following_count_not_negative"),
            models.CheckConstraint(condition=models.Q(post_count__gte=0), name="post_count_not_negative"),
            models.CheckConstraint(
                condition=models.Q(is_active=False) | models.Q(suspended_at__isnull=True, deleted_at__isnull=True),
                name="suspended_or_deleted_is_not_active",
            ),
        )
        indexes = (
            models.Index("suspended_until", name="suspended_until", condition=models.Q(suspended_until__isnull=False)),
        )

    def __str__(self) -> str:
        return self.username


class Follow(models.Model):
    """One person follows another. The row is the right to see a private person's posts: nobody who waits has one."""

    id = id_field()
    follower = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="followings")
    followee = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="followers")

    class Meta:
        db_table = "accounts_follow"
        constraints = (
            models.UniqueConstraint("follower", "followee", name="follow_once"),
            models.CheckConstraint(condition=~models.Q(follower=models.F("followee")), name="follow_not_oneself"),
        )
        indexes = (
            models.Index(fields=["followee", "-id"], name="follow_by_followee"),
            models.Index(fields=["follower", "-id"], name="follow_by_follower"),
        )

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.followee_id}"


class FollowRequest(models.Model):
    """One person asks to follow another, who is private. It gives no right at all, and is no kind of Follow."""

    id = id_field()
    follower = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="requests_made")
    followee = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="requests")

    class Meta:
        db_table = "accounts_follow_request"
        constraints = (
            models.UniqueConstraint("follower", "followee", name="request_once"),
            models.CheckConstraint(condition=~models.Q(follower=models.F("followee")), name="request_not_oneself"),
        )
        indexes = (models.Index(fields=["followee", "-id"], name="request_by_followee"),)

    def __str__(self) -> str:
        return f"{self.follower_id} asks to follow {self.followee_id}"


class Block(models.Model):
    """One person has blocked another; both keep silence for each other."""

    id = id_field()
    blocker = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="blocks")
    blocked = models.ForeignKey(User, models.CASCADE, related_name="blocked_by")

    class Meta:
        db_table = "accounts_block"
        constraints = (
            models.UniqueConstraint("blocker", "blocked", name="block_once"),
            models.CheckConstraint(condition=~models.Q(blocker=models.F("blocked")), name="block_not_oneself"),
        )

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class MuteQuerySet(models.QuerySet["Mute"]):
    """Mutes; whoever asks starts from those that still hold."""

    def standing(self) -> Self:
        """Mutes whose time is not over."""
        return self.filter(models.Q(until__isnull=True) | models.Q(until__gt=Now()))


class Mute(models.Model):
    """One person does not want another's posts in their feed, nor (if `notifications`) to hear what they do.

    The other is told nothing and loses nothing.
    """

    id = id_field()
    muter = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="mutes")
    muted = models.ForeignKey(User, models.CASCADE, related_name="muted_by")
    notifications = models.BooleanField(default=False, db_default=False)
    until = models.DateTimeField(null=True)  # None: until it is lifted

    objects = MuteQuerySet.as_manager()

    class Meta:
        db_table = "accounts_mute"
        constraints = (
            models.UniqueConstraint("muter", "muted", name="mute_once"),
            models.CheckConstraint(condition=~models.Q(muter=models.F("muted")), name="mute_not_oneself"),
        )
        indexes = (models.Index("until", name="mute_by_end", condition=models.Q(until__isnull=False)),)

    def __str__(self) -> str:
        return f"{self.muter_id} mutes {self.muted_id}"


class FormerUsernameQuerySet(models.QuerySet["FormerUsername"]):
    """Former names; whoever asks starts from those that still count."""

    def kept(self) -> Self:
        """Names that lead to who had them, and that nobody else may take."""
        return self.filter(left_at__gt=clock.now() - NAME_KEPT)

    def forgotten(self) -> Self:
        """Names that were given up long ago."""
        return self.filter(left_at__lte=clock.now() - NAME_KEPT)


class FormerUsername(models.Model):
    """A name that a person had before; its address leads to them, and nobody else may take it for a while."""

    username = models.CharField(max_length=30, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="former_usernames")
    left_at = models.DateTimeField(db_default=Now())

    objects = FormerUsernameQuerySet.as_manager()

    class Meta:
        db_table = "accounts_former_username"
        indexes = (models.Index("left_at", name="former_username_by_age"),)

    def __str__(self) -> str:
        return f"{self.username} was {self.user_id}"


class SessionQuerySet(Announced["Session"]):
    """Sessions; whoever deletes any ends them."""

    kind = "session"

    def event_of(self, row: "Session", reason: str) -> SessionEnded | None:
        """Say which has ended; one of nobody, or that has expired, ends in silence."""
        if row.user_id is None or row.expire_date <= clock.now():
            return None
        return SessionEnded(session_id=row.id, user_id=row.user_id, reason=reason)  # type: ignore[arg-type]


class TokenQuerySet(Announced["Token"]):
    """Tokens; whoever deletes any revokes them."""

    kind = "token"

    def event_of(self, row: "Token", reason: str) -> TokenRevoked:
        """Say which is worthless now."""
        return TokenRevoked(token_id=row.id, user_id=row.user_id)


class SessionManager(BaseSessionManager["Session"]):
    """Django's manager of sessions, over our querysets."""

    def get_queryset(self) -> SessionQuerySet:
        """Start from rows that announce their end."""
        return SessionQuerySet(self.model, using=self._db)

    def filter(self, *args: Any, **kwargs: Any) -> SessionQuerySet:
        """Filter; named here for the type."""
        return self.get_queryset().filter(*args, **kwargs)


class Session(AbstractBaseSession):
    """A signed-in browser or app. `id` is its public name; the key never leaves the cookie."""

    id = models.BigIntegerField(unique=True, db_default=id_field().db_default, editable=False)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    agent = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta(AbstractBaseSession.Meta):
        db_table = "accounts_session"

    @classmethod
    def get_session_store_class(cls) -> type:
        """Name the store that fills these columns (accounts.sessions)."""
        from accounts.sessions import SessionStore  # noqa: PLC0415 -- the store imports this model

        return SessionStore

    def save(self, *args: Any, force_update: bool = False, **kwargs: Any) -> None:
        """Save; an update leaves the columns that the database filled at the start."""
        if force_update:
            kwargs["update_fields"] = ["session_data", "expire_date", "user", "agent"]
            force_update = False
        super().save(*args, force_update=force_update, **kwargs)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """End this session."""
        return type(self).objects.filter(pk=self.pk).delete()


class Token(models.Model):
    """A bearer token for an app. Only its digest is kept."""

    id = id_field()
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    digest = models.BinaryField(max_length=32, unique=True)  # SHA-256 of the token
    name = models.CharField(max_length=MAX_NAME, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        db_table = "accounts_token"

    def __str__(self) -> str:
        return f"{self.name or 'token'} of {self.user_id}"

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """Revoke this token."""
        return type(self).objects.filter(pk=self.pk).delete()
