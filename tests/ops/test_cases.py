"""Reports, claims, outcomes and their undoing, as facts in the database."""

import pytest
from django.db import DatabaseError, transaction

from accounts.actions import suspend_user, unsuspend_user
from accounts.models import User
from content.actions import purge_post, restore_post
from content.models import Comment, Post
from content.queries import deleted_posts
from core.problems import Conflict, Forbidden, Invalid, NotFound
from ops import actions, queries
from ops.models import Act, Case, Report
from tests.ops.deeds import claimed, close, reopen, report, told
from tests.support.build import make_block, make_comment, make_post, make_reply, make_user
from tests.support.draining import drain_all

pytestmark = pytest.mark.django_db


def test_a_report_keeps_what_was_seen_when_the_post_is_gone(people):
    post = make_post(people[0], caption="Buy now", photos=0)
    report("post", post, people[1])
    post.delete()

    evidence = queries.case(Case.objects.get().id, viewer_id=people[2].id).statements[0].evidence

    assert (evidence["caption"], evidence["person"]["username"]) == ("Buy now", "ana")


def test_a_report_made_again_is_the_same(people):
    post = make_post(people[0])

    ids = {report("post", post, people[1]).id for _ in range(2)}

    assert (len(ids), Report.objects.count(), Case.objects.count()) == (1, 1, 1)


def test_reports_of_one_thing_are_one_case(people):
    post = make_post(people[0])
    for reporter in people[1:3]:
        report("post", post, reporter)

    (card,) = queries.cases("open", viewer_id=people[3].id).items

    assert (card.report_count, card.reasons) == (2, ["spam"])


def test_what_one_does_not_see_one_cannot_report(people):
    make_block(people[0], people[1])

    for kind, thing in (("post", make_post(people[0])), ("user", people[0])):
        with pytest.raises(NotFound):
            report(kind, thing, people[1])


def test_whom_one_has_blocked_one_can_report(people):
    make_block(people[1], people[0])

    assert report("user", people[0], people[1]).state == "open"


def test_ones_own_is_not_reported(people):
    with pytest.raises(Invalid):
        report("user", people[0], people[0])


def test_the_last_withdrawal_takes_a_case_out_of_the_queue(people):
    made = report("user", people[0], people[1])

    kept = [actions.withdraw_report(report_id=made.id, reporter_id=people[1].id).state for _ in range(2)]

    assert (kept, Case.objects.get().outcome) == (["withdrawn", "withdrawn"], "withdrawn")


def test_somebody_elses_report_is_not_there(people):
    made = report("user", people[0], people[1])

    with pytest.raises(NotFound):
        actions.withdraw_report(report_id=made.id, reporter_id=people[2].id)


def test_a_claimed_case_is_nobody_elses(people):
    case = claimed("user", people[0], people[1], people[2])

    with pytest.raises(Conflict, match="mod has claimed this"):
        actions.claim_case(case_id=case.id, actor_id=people[3].id)


def test_a_claim_that_ran_out_is_anybodys(people):
    case = claimed("user", people[0], people[1], people[2])
    Case.objects.update(claimed_until="2026-01-01T00:00:00Z")

    card = actions.claim_case(case_id=case.id, actor_id=people[3].id)

    assert card.claimed_by.username == "molly"


def test_a_case_let_go_is_anybodys(people):
    case = claimed("user", people[0], people[1], people[2])

    for _ in range(2):
        actions.release_case(case_id=case.id, actor_id=people[2].id)

    assert Case.objects.get().held_by() is None
    assert list(Act.objects.order_by("id").values_list("what", flat=True)) == ["claim", "release"]


def test_a_case_without_a_claim_is_not_closed(people):
    report("user", people[0], people[1])

    with pytest.raises(Conflict):
        close(Case.objects.get(), people[2], "dismiss")


def test_nobody_judges_themselves(people):
    report("user", people[2], people[1])
    case = Case.objects.get()

    with pytest.raises(Forbidden):
        actions.claim_case(case_id=case.id, actor_id=people[2].id)
    with pytest.raises(Forbidden):
        queries.case(case.id, viewer_id=people[2].id)


def test_nobody_takes_back_what_was_decided_about_themselves(people):
    case = claimed("user", people[2], people[1], people[3])
    close(case, people[3], "dismiss")

    with pytest.raises(Forbidden):
        reopen(case, people[2])


def test_a_case_is_closed_once(people):
    case = claimed("user", people[0], people[1], people[2])
    close(case, people[2], "dismiss")

    with pytest.raises(Conflict, match="closed by mod: dismiss"):
        close(case, people[2], "suspend")


def test_what_was_reported_anew_is_not_opened_again(people):
    case = claimed("user", people[0], people[1], people[2])
    close(case, people[2], "suspend")
    unsuspend_user(username="ana")
    report("user", people[0], people[1])

    with pytest.raises(Conflict, match="reported anew"):
        reopen(case, people[2])

    assert list(Act.objects.order_by("id").values_list("what", flat=True)) == ["claim", "suspend"]


def test_a_removed_post_comes_back_with_the_undoing(people):
    post = make_post(people[0])
    case = claimed("post", post, people[1], people[2])

    close(case, people[2], "remove")
    gone = Post.objects.visible_to(None).exists()
    reopen(case, people[3])

    assert (gone, Post.objects.visible_to(None).exists()) == (False, True)
    assert Case.objects.get().held_by() == people[3].id


def test_a_post_that_its_author_deleted_stays_deleted_after_the_undoing(people):
    post = make_post(people[0])
    case = claimed("post", post, people[1], people[2])
    Post.objects.update(deleted_at="2026-11-01T00:00:00Z")

    close(case, people[2], "remove")
    reopen(case, people[2])

    post.refresh_from_db()
    assert (post.removed_at, post.deleted_at is None) == (None, False)


def test_a_removed_comment_comes_back_with_its_answers(people):
    post = make_post(people[0])
    comment = make_comment(post, people[0])
    reply = make_reply(comment, people[1])
    drain_all()
    case = claimed("comment", comment, people[1], people[2])

    close(case, people[2], "remove")
    left = Comment.objects.count()
    reopen(case, people[2])

    assert (left, set(Comment.objects.values_list("id", "parent_id"))) == (
        0,
        {(comment.id, None), (reply.id, comment.id)},
    )


def test_a_comment_stays_removed_whose_thread_has_gone(people):
    post = make_post(people[0])
    comment = make_comment(post, people[0])
    reply = make_reply(comment, people[1])
    drain_all()
    case = claimed("comment", reply, people[0], people[2])
    close(case, people[2], "remove")
    comment.delete()

    with pytest.raises(Conflict):
        reopen(case, people[2])

    case.refresh_from_db()
    assert (case.outcome, Comment.objects.count()) == ("remove", 0)


def test_undoing_a_suspension_does_not_lift_a_later_one(people):
    case = claimed("user", people[0], people[1], people[2])
    close(case, people[2], "suspend")
    unsuspend_user(username="ana")
    suspend_user(username="ana", reason="Again.")

    reopen(case, people[2])

    assert User.objects.get(username="ana").suspension_reason == "Again."


def test_a_removed_post_is_not_its_authors_to_bring_back_or_to_purge(people):
    post = make_post(people[0])
    close(claimed("post", post, people[1], people[2]), people[2], "remove")

    for deed in (restore_post, purge_post):
        with pytest.raises(NotFound):
            deed(post_id=post.id, actor_id=people[0].id)

    assert deleted_posts(people[0].id).items == []


def test_a_suspended_person_returns_with_the_undoing(people):
    case = claimed("user", people[0], people[1], people[2])

    close(case, people[2], "suspend")
    active = User.objects.get(username="ana").is_active
    reopen(case, people[2])

    assert (active, User.objects.get(username="ana").is_active) == (False, True)


def test_reporter_and_author_are_told_of_an_outcome_and_of_its_undoing(people):
    post = make_post(people[0])
    made = report("post", post, people[1])
    case = Case.objects.get()
    actions.claim_case(case_id=case.id, actor_id=people[2].id)

    close(case, people[2], "remove")
    first = told(people[1])
    drain_all()
    reopen(case, people[2])

    assert first == [("report.closed", {"report": str(made.id), "outcome": "remove"})]
    assert told(people[1])[1:] == [("report.reopened", {"report": str(made.id), "outcome": None})]
    assert [(data["removed"], data["why"]) for _, data in told(people[0])] == [(True, "No spam here."), (False, "")]


def test_what_moderators_did_cannot_be_changed(people):
    claimed("user", people[0], people[1], people[2])

    for change in (Act.objects.all().delete, lambda: Act.objects.update(why="another")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize("state", ["open", "mine", "closed"])
def test_the_queue_costs_one_query(people, state, django_assert_num_queries):
    for number in range(3):
        report("post", make_post(people[0]), make_user(f"fan{number}"))

    with django_assert_num_queries(1):
        queries.cases(state, viewer_id=people[2].id)
