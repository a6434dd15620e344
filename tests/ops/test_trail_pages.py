"""The pages of why and of the trace: who finds them, and what they answer."""

import pytest

from content import actions
from events.models import OutboxRow
from ops.models import AuditEntry
from tests.support.build import make_post, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("/ops/why/", "/ops/trace/")


@pytest.mark.parametrize("path", PAGES)
def test_people_find_no_such_page(path):
    assert Web(make_user("ana")).get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_staff_without_a_second_factor_are_told_what_they_lack(path):
    assert Web(make_user("mod", is_staff=True)).get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_staff_with_a_second_factor_find_the_form_and_nothing_is_on_record(moderator, path):
    assert (moderator.get(path).status_code, AuditEntry.objects.count()) == (200, 0)


def test_a_question_is_answered(moderator):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    actions.like_post(post_id=post.id, actor_id=ben.id)

    page = moderator.get("/ops/why/", {"person": "ana", "about": "post", "number": str(post.id)})

    assert [trail.title for trail in page.context["found"].trails] == ["post.liked"]
    assert "It waits in the outbox for a worker" in page.content.decode()


def test_a_wrong_question_keeps_what_was_typed(moderator):
    page = moderator.get("/ops/why/", {"person": "nobody", "about": "post", "number": "1"})

    assert (page.status_code, page.context["error"].field) == (422, "person")
    assert 'value="nobody"' in page.content.decode()


def test_a_test_event_is_sent_and_shown(moderator):
    make_user("ana")

    answer = moderator.post("/ops/trace/", {"person": "ana", "why": "A look."})
    page = moderator.get(answer["Location"])

    assert (OutboxRow.objects.count(), answer.status_code) == (1, 302)
    assert [trail.title for trail in page.context["found"].trails] == ["tested"]


def test_a_test_event_needs_a_reason(moderator):
    make_user("ana")

    page = moderator.post("/ops/trace/", {"person": "ana", "why": ""})

    assert (page.status_code, page.context["refused"].field, OutboxRow.objects.count()) == (422, "why", 0)


def test_a_test_event_goes_to_the_operator_unless_they_name_somebody(moderator):
    assert moderator.get("/ops/trace/").context["to"] == "rosa"


def test_a_like_that_is_not_there_is_said_on_the_page(moderator):
    ana, _ = make_users("ana", "ben")

    page = moderator.get("/ops/trace/", {"person": "ben", "post": str(make_post(ana).id)})

    assert "ben does not like this post." in page.content.decode()
