"""An operator finds out why somebody was told nothing, sends a test event, and traces a like: in a real browser."""

import pytest
from playwright.sync_api import expect

from accounts.models import Session
from content import actions
from realtime.models import UserEvent
from tests.support.build import make_post, make_preference, make_user, make_users, prove_second_factor
from tests.support.wait import until


@pytest.fixture
def operator(visit):
    """The console of rosa, in a session that proved a second factor."""
    rosa = make_user("rosa", is_staff=True)
    page = visit(rosa, viewport={"width": 1280, "height": 900})
    prove_second_factor(Session.objects.get(user=rosa))
    return page


def hops(page):
    return page.locator(".trail").first.locator(".trail__name")


def test_why_a_test_event_and_the_trace_of_a_like(operator, visit, keep):
    ana, ben = make_users("ana", "ben")
    post, quiet = make_post(ana), make_post(ana)
    phone = visit(ana)
    phone.goto("/notifications/")
    make_preference(ana, "comment", "nobody")
    actions.comment(post_id=quiet.id, actor_id=ben.id, text="Nobody hears of this.")
    actions.like_post(post_id=post.id, actor_id=ben.id)
    expect(phone.get_by_text("liked your photo").first).to_be_visible()

    operator.goto("/ops/why/")
    operator.get_by_label("Who: a username").fill("ana")
    operator.get_by_label("Its number, as in the address of a page").fill(str(quiet.id))
    operator.get_by_role("button", name="Look", exact=True).click()
    expect(operator.get_by_text("Not told, because this person does not want to hear")).to_be_visible()
    expect(operator.get_by_text("Nobody hears of this.")).to_have_count(0)
    keep("why", operator=operator)

    operator.get_by_role("link", name="Trace", exact=True).click()
    operator.get_by_label("To all devices of").fill("ana")
    operator.get_by_label("Why", exact=True).fill("She says that nothing comes.")
    operator.get_by_role("button", name="Send", exact=True).click()
    until(lambda: UserEvent.objects.filter(user_id=ana.id, frame__contains='"k":"test"').exists())
    operator.get_by_role("link", name="Look again").click()
    expect(hops(operator)).to_have_count(4)
    expect(operator.locator(".trail__took").first).to_contain_text(" ms")
    keep("test-event", operator=operator)

    operator.get_by_label("Who liked: a username").fill("ben")
    operator.get_by_label("Which post: its number").fill(str(post.id))
    operator.get_by_role("button", name="Trace", exact=True).click()
    expect(operator.locator(".trail__title").first).to_contain_text("ben: like")
    expect(hops(operator)).to_have_count(5)
    keep("trace", operator=operator)
