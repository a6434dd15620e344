"""Notification groups ("ben and 41 others liked your photo"), their entries, and who wants to hear. No behaviour."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from core.ids import id_field


class Kind(models.TextChoices):
    """What happened to you."""

    LIKE = "like"
    COMMENT = "comment"
    FOLLOW = "follow"
    REPLY = "reply"
    MENTION = "mention"
    COMMENT_LIKE = "comment_like"


# Where several deeds of one person are one actor, and what is told of posts whose author is somebody else.
REPEATED = (Kind.COMMENT, Kind.REPLY, Kind.MENTION)
ELSEWHERE = (Kind.REPLY, Kind.MENTION, Kind.COMMENT_LIKE)
# What one does to many things of somebody's in one sitting, and is then one row (notifications.sittings).
ACROSS = (Kind.LIKE, Kind.COMMENT_LIKE)


class Senders(models.TextChoices):
    """From whom a person wants to hear of one kind of deed."""

    EVERYONE = "everyone", _("Everyone")
    FOLLOWING = "following", _("people I follow")
    NOBODY = "nobody", _("Nobody")


# Of a group: the newest entry that was on a screen of the recipient's; what was opened was.
SEEN_UP_TO = Greatest("seen_id", "read_id")


class Group(models.Model):
    """One row that a person reads: all likes of a post, all comments on it, the followers of one day.

    `target` is the post's id, the comment's that is answered or liked, or the day's ordinal for follows: the group of
    an event is a function of the event, so that no race can split it. `actor_count` and `latest_id` are derived from
    the entries.
    """

    id = id_field()
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="notification_groups"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    target = models.BigIntegerField()
    post_id = models.BigIntegerField(null=True)  # of the kinds ELSEWHERE: whoever loses sight of it is told no more
    actor_count = models.IntegerField(default=0)
    ver = models.BigIntegerField(default=0)
    latest_id = models.BigIntegerField(default=0)  # the newest entry: its time-ordered id sorts the list
    # The newest entry that was on a screen, and the newest that was opened: an undone deed leaves them seen and read.
    seen_id = models.BigIntegerField(default=0, db_default=0)
    read_id = models.BigIntegerField(default=0)
    # Of the kinds ACROSS, while one person is alone in it: the sitting that it is shown in (null is found by none), and
    # the one before the last change, so that who is told of that change is told of what it has left.
    sitting = models.CharField(max_length=80, null=True, db_collation="C")  # noqa: DJ001
    left_sitting = models.CharField(max_length=80, null=True, db_collation="C")  # noqa: DJ001

    class Meta:
        db_table = "notifications_group"
        constraints = (models.UniqueConstraint("recipient", "kind", "target", name="group_once"),)
        indexes = (
            models.Index(fields=["recipient", "-latest_id"], name="group_by_recipient"),
            models.Index("recipient", name="group_unseen", condition=models.Q(latest_id__gt=SEEN_UP_TO)),
            models.Index(
                fields=["sitting", "latest_id"],
                name="group_by_sitting",
                condition=models.Q(sitting__isnull=False),
            ),
            models.Index("post_id", name="group_by_post", condition=models.Q(post_id__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.kind} group {self.id} for {self.recipient_id}"


class Entry(models.Model):
    """One deed in a group. `object_id` is the comment's id, the post's for a like and a caption, 0 for a follow."""

    id = id_field()
    group = models.ForeignKey(Group, models.CASCADE, db_index=False, related_name="entries")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    object_id = models.BigIntegerField()
    excerpt = models.CharField(max_length=140, default="", blank=True)
    # The two keep silence, the actor is muted or suspended, the post is out of sight, or the recipient does not want to
    # hear of it: kept, for the day that ends, and counted and shown nowhere.
    hidden = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "notifications_entry"
        constraints = (models.UniqueConstraint("recipient", "kind", "object_id", "actor", name="entry_once"),)
        indexes = (models.Index(fields=["group", "-id"], name="entry_by_group"),)

    def __str__(self) -> str:
        return f"{self.kind} by {self.actor_id} in {self.group_id}"


class Preference(models.Model):
    """From whom a person wants to hear of one kind of deed; without a row, from everyone."""

    id = id_field()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    senders = models.CharField(max_length=9, choices=Senders)

    class Meta:
        db_table = "notifications_preference"
        constraints = (models.UniqueConstraint("user", "kind", name="preference_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} wants {self.kind} from {self.senders}"


class PostMute(models.Model):
    """Somebody wants to hear no more of a post, their own or another's."""

    id = id_field()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    post = models.ForeignKey("content.Post", models.CASCADE, related_name="+")

    class Meta:
        db_table = "notifications_post_mute"
        constraints = (models.UniqueConstraint("user", "post", name="post_mute_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} mutes {self.post_id}"
