"""What can be asked of reports and cases. Returns finished values, each list in a fixed number of SQL queries.

That a viewer moderates, the edges have seen to (ops.guards, the rule of the topic); one's own reports are one's own.
"""

from collections.abc import Collection
from typing import Any, Literal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.people import PERSON_FIELDS
from accounts.queries import relation
from accounts.suspension import proven
from content.queries import MediaFile, held_photo, held_video, post_card
from core import cursors, sql
from core.cursors import Page
from core.problems import NotFound
from ops.cards import (
    ActView,
    CaseCard,
    CaseView,
    Reportable,
    ReportCard,
    SuspensionView,
    act_of,
    case_of,
    report_of,
    statement_of,
)
from ops.evidence import gather
from ops.models import Act, Case, CaseQuerySet, Kind, Outcome, Report
from ops.policies import can_view_photo, check_impartial

State = Literal["open", "mine", "closed"]

STATEMENTS = 50  # reports of one case that are read together, the first of them
HISTORY = 20  # acts
_PEOPLE = ("person", "claimed_by", "closed_by")
_CARD = (
    *("kind", "object_id", "claimed_until", "closed_at", "outcome", "why"),
    *(f"{person}__{name}" for person in _PEOPLE for name in PERSON_FIELDS),
)
_STANDING = Q(reports__withdrawn_at__isnull=True)
# Since `ver` is to grow with each frame, and tests empty the tables.
_ADVANCE = (
    "INSERT INTO ops_queue AS queue (id, ver) VALUES (1, %s) "
    "ON CONFLICT (id) DO UPDATE SET ver = queue.ver + excluded.ver RETURNING ver"
)


def own_reports(reporter_id: int, *, after: str | None = None, limit: int = 20) -> Page[ReportCard]:
    """A page of what a person has reported, the latest first, in one query.

    Raises:
        Invalid: if `after` is no cursor.
    """
    limit = cursors.bounded(limit)
    rows = Report.objects.filter(reporter_id=reporter_id).select_related("case").defer("evidence").order_by("-id")
    if before := cursors.decode(after):
        rows = rows.filter(id__lt=before)
    return cursors.page_of(list(rows[: limit + 1]), limit, key=lambda row: row.id, make=report_of)


def cases(state: State, *, viewer_id: int, after: str | None = None, limit: int = 20) -> Page[CaseCard]:
    """A page of the queue: what is open, or claimed by the viewer, the oldest first; or closed, the latest first.

    One query.

    Raises:
        Invalid: if `after` is no cursor.
    """
    limit, since = cursors.bounded(limit), cursors.decode(after)
    if state == "closed":
        rows = Case.objects.closed().order_by("-id")
        rows = rows.filter(id__lt=since) if since else rows
    else:
        rows = Case.objects.open() if state == "open" else Case.objects.claimed().filter(claimed_by_id=viewer_id)
        rows = rows.filter(id__gt=since or 0).order_by("id")
    found = _cards(rows, limit + 1)
    return cursors.page_of(found, limit, key=lambda card: card.id, make=lambda card: card)


def case(case_id: int, *, viewer_id: int) -> CaseView:
    """One case with evidence, acts and the history of its person, in four queries.

    Raises:
        NotFound: if there is none.
        Forbidden: if it is about the viewer, who is not to read who reported them.
    """
    found = card(case_id)
    check_impartial(found.person.id if found.person else None, viewer_id)
    reports = Report.objects.filter(case_id=case_id).select_related("reporter").order_by("id")[:STATEMENTS]
    acts = Act.objects.filter(case_id=case_id).order_by("-id")[:HISTORY]
    return CaseView(found, [statement_of(row) for row in reports], [act_of(row) for row in acts], _history(found))


def photo(case_id: int, media_id: int, *, viewer_id: int) -> bytes:
    """A photo that was reported, for the moderator who has claimed the case.

    Raises:
        NotFound: if they have not, no report of the case is about it, or its files are gone.
    """
    if not can_view_photo(viewer_id, case_id, media_id):
        raise NotFound(_("There is no such photo."))
    return held_photo(media_id)


def video(case_id: int, media_id: int, *, viewer_id: int) -> MediaFile:
    """A video that was reported, on the terms of `photo`.

    Raises:
        NotFound: as `photo` does, and if it is no video.
    """
    if not can_view_photo(viewer_id, case_id, media_id):
        raise NotFound(_("There is no such video."))
    return held_video(media_id)


def reportable(kind: str, object_id: int, *, viewer_id: int) -> Reportable:
    """What somebody may report or has reported, in up to seven queries.

    Raises:
        NotFound: if they do not see it, or it is theirs.
    """
    evidence = gather(kind, object_id, viewer_id=viewer_id)
    if evidence.person_id == viewer_id:
        raise NotFound(_("There is no such thing here."))
    about = Case.objects.open().filter(kind=kind, object_id=object_id)
    row = Report.objects.standing().filter(case__in=about, reporter_id=viewer_id).select_related("case").first()
    return Reportable(
        kind=kind,
        object_id=object_id,
        person=evidence.person,
        url=evidence.seen.get("url", evidence.person.url),
        words=next((evidence.seen[name] for name in ("caption", "text", "bio") if evidence.seen.get(name)), ""),
        media=post_card(viewer_id, object_id).media if kind == Kind.POST else (),
        relation=relation(viewer_id, evidence.person_id),
        report=report_of(row) if row else None,
    )


def suspension(proof: str) -> SuspensionView:
    """The suspension that the log-in gave a proof of, and the appeal against it, in two queries.

    Raises:
        Forbidden: if the proof is none, too old, or the suspension is over.
    """
    found = proven(proof)
    appeals = Report.objects.filter(case__in=Case.objects.appeals(found.user_id, found.since))
    row = appeals.select_related("case").defer("evidence").first()
    return SuspensionView(found, report_of(row) if row else None)


def card(case_id: int) -> CaseCard:
    """One case as it stands in the queue, in one query.

    Raises:
        NotFound: if there is none.
    """
    found = _cards(Case.objects.filter(pk=case_id), 1)
    if not found:
        raise NotFound(_("There is no such case."))
    return found[0]


def cards_of(case_ids: Collection[int]) -> dict[int, CaseCard]:
    """Cases for frames; those that are gone are missing. One query."""
    return {one.id: one for one in _cards(Case.objects.filter(pk__in=case_ids), len(case_ids))}


def numbers() -> dict[str, Any]:
    """How many cases are open, and how many of them somebody is working on; one query."""
    claimed = Count("pk", filter=Q(pk__in=Case.objects.claimed()))
    return Case.objects.open().aggregate(open=Count("pk"), claimed=claimed)


def version() -> int:
    """The version of the queue: of the last frame."""
    return sum(ver for (ver,) in sql.rows("SELECT ver FROM ops_queue"))


def advance(frames: int) -> int:
    """Grow the version by so many frames, in the drain's transaction; answer that of the last."""
    ((ver,),) = sql.rows(_ADVANCE, frames)
    return int(ver)


def reporters_of(case_ids: Collection[int]) -> list[tuple[int, int, int]]:
    """Who stands by a report of these cases: case, report and person, in the order of the reports. One query."""
    rows = Report.objects.standing().filter(case_id__in=case_ids, reporter_id__isnull=False).order_by("id")
    return list(rows.values_list("case_id", "id", "reporter_id"))


def _cards(rows: CaseQuerySet, limit: int) -> list[CaseCard]:
    found = rows.select_related(*_PEOPLE).only(*_CARD).annotate(
        report_count=Count("reports", filter=_STANDING),
        reasons=ArrayAgg("reports__reason", filter=_STANDING, distinct=True, default=[]),
    )  # fmt: skip
    return [case_of(row, report_count=row.report_count, reasons=row.reasons) for row in found[:limit]]  # type: ignore[attr-defined]


def _history(card: CaseCard) -> list[ActView]:
    """What was decided about a person in other cases, the latest first."""
    if card.person is None:
        return []
    decided = [*Outcome.values, "reopen"]
    acts = Act.objects.filter(person_id=card.person.id, what__in=decided).exclude(case_id=card.id).order_by("-id")
    return [act_of(act) for act in acts[:HISTORY]]
