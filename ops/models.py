"""Cases that moderators decide, the reports that make them, and what moderators did. Columns and constraints."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.ids import id_field

MAX_TEXT = 1_000  # characters of a report or an appeal
MAX_WHY = 300  # as long as the reason of a suspension, which it becomes
CLAIM = timedelta(minutes=15)  # then a claim has run out, and anybody may take the case
EVIDENCE_KEPT = timedelta(days=90)  # after a case was closed; photos, from the last report on


class Kind(models.TextChoices):
    """What a case is about."""

    USER = "user", pgettext_lazy("moderation", "User")
    POST = "post", pgettext_lazy("moderation", "Post")
    COMMENT = "comment", pgettext_lazy("moderation", "Comment")
    APPEAL = "appeal", pgettext_lazy("moderation", "Appeal")  # of a person against their suspension


class Reason(models.TextChoices):
    """Why something is reported."""

    SPAM = "spam", _("Spam")
    HARASSMENT = "harassment", _("Harassment")
    HATE = "hate", _("Hate")
    VIOLENCE = "violence", _("Violence")
    NUDITY = "nudity", _("Nudity")
    SELF_HARM = "self_harm", _("Self Harm")
    IMPERSONATION = "impersonation", _("Impersonation")
    COPYRIGHT = "copyright", _("Copyright")
    OTHER = "other", pgettext_lazy("moderation", "Other")
    APPEAL = "appeal", pgettext_lazy("moderation", "Appeal")  # of an appeal alone


class Outcome(models.TextChoices):
    """What a case came to."""

    DISMISS = "dismiss", pgettext_lazy("moderation", "Dismiss")  # nothing is done; of an appeal: the suspension stands
    REMOVE = "remove", pgettext_lazy("moderation", "Remove")  # the post or comment is out of sight
    SUSPEND = "suspend", pgettext_lazy("moderation", "Suspend")  # its person is suspended
    REINSTATE = "reinstate", pgettext_lazy("moderation", "Reinstate")  # an appeal is granted
    WITHDRAWN = "withdrawn", pgettext_lazy("moderation", "Withdrawn")  # by all who reported it; no moderator's


class CaseQuerySet(models.QuerySet["Case"]):
    """Which cases."""

    def open(self) -> Self:
        """Cases that nobody has decided."""
        return self.filter(closed_at__isnull=True)

    def closed(self) -> Self:
        """Cases that were decided, or withdrawn."""
        return self.filter(closed_at__isnull=False)

    def appeals(self, user_id: int, since: datetime) -> Self:
        """Cases about a person's suspension of that moment, open or closed."""
        return self.filter(kind=Kind.APPEAL, object_id=user_id, effect_at=since)

    def claimed(self) -> Self:
        """Open cases that somebody is working on: a claim runs out by itself."""
        return self.open().filter(claimed_until__gt=Now())


class Case(models.Model):
    """What moderators decide once, however many report it: at most one open case a person, post, comment or appeal."""

    id = id_field()
    kind = models.CharField(max_length=8, choices=Kind)
    object_id = models.BigIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")  # whose it is
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome, default="", blank=True)
    why = models.CharField(max_length=MAX_WHY, default="", blank=True)
    # When what it did was done, or (an appeal) the suspension began: its undoing must not undo a later one.
    effect_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        db_table = "ops_case"
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "object_id"], condition=models.Q(closed_at__isnull=True), name="case_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, outcome="") | models.Q(closed_at__isnull=False),
                name="case_open_without_outcome",
            ),
        )
        indexes = (
            models.Index("id", name="case_open", condition=models.Q(closed_at__isnull=True)),
            models.Index("closed_at", name="case_by_end", condition=models.Q(closed_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"case {self.id} of {self.kind} {self.object_id}"

    def held_by(self) -> int | None:
        """Who is working on it at this moment."""
        if self.closed_at is None and self.claimed_until is not None and self.claimed_until > clock.now():
            return self.claimed_by_id
        return None


class ReportQuerySet(models.QuerySet["Report"]):
    """Which reports."""

    def standing(self) -> Self:
        """Reports that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Report(models.Model):
    """One person's word on a case, with what they saw: it outlives what it is about. An appeal is its person's."""

    id = id_field()
    case = models.ForeignKey(Case, models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_index=False, related_name="reports_made"
    )
    reason = models.CharField(max_length=13, choices=Reason)
    text = models.CharField(max_length=MAX_TEXT, default="", blank=True)
    evidence = models.JSONField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        db_table = "ops_report"
        constraints = (
            models.UniqueConstraint(
                fields=["case", "reporter"], condition=models.Q(withdrawn_at__isnull=True), name="report_once"
            ),
        )
        indexes = (models.Index(fields=["reporter", "-id"], name="report_by_reporter"),)

    def __str__(self) -> str:
        return f"report {self.id} in case {self.case_id}"


class Act(models.Model):
    """What a moderator did. Never changed nor deleted (a trigger refuses), so it refers to no row, only to ids."""

    id = id_field()
    case_id = models.BigIntegerField(db_index=True)
    person_id = models.BigIntegerField(null=True)  # whom the case was about
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=30)  # as they were called then
    what = models.CharField(max_length=9)  # claim, release, reopen, or an outcome
    why = models.CharField(max_length=MAX_WHY, default="", blank=True)

    class Meta:
        db_table = "ops_act"
        indexes = (models.Index(fields=["person_id", "-id"], name="act_by_person"),)

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.what} in case {self.case_id}"


class AuditEntry(models.Model):
    """What an operator did or looked at. Never changed nor deleted (a trigger refuses), so it refers to no row."""

    id = id_field()
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=30)  # as they were called then
    what = models.CharField(max_length=20)
    subject = models.CharField(max_length=80)  # as `node web-1`, `user ben`, `connection web-1/c_7`
    why = models.CharField(max_length=MAX_WHY, default="", blank=True)

    class Meta:
        db_table = "ops_audit"
        indexes = (models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),)

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.what} {self.subject}"


class Maintenance(models.Model):
    """The one row that is there while nobody may write. It must outlast Redis and every process."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    message = models.CharField(max_length=MAX_WHY, default="", blank=True)
    begun_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(null=True)  # as it is promised; only an operator ends it

    class Meta:
        db_table = "ops_maintenance"

    def __str__(self) -> str:
        return f"maintenance until {self.until}"


class Queue(models.Model):
    """The one row behind the topic `moderation`: `ver` grows with each frame."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    ver = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ops_queue"

    def __str__(self) -> str:
        return f"queue at {self.ver}"
