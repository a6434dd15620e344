"""A private account in the browser: asking, accepting, blocking; live, and without JavaScript."""

from playwright.sync_api import expect

from accounts.models import Block, Follow
from tests.support.build import make_post, make_user, make_users
from tests.support.wait import until


def test_asking_and_being_accepted_live(visit):
    ana, ben = make_user("ana", is_private=True), make_user("ben")
    make_post(ana, photos=0, caption="secret")
    asker = visit(ben)
    asker.goto("/@ana/")
    expect(asker.get_by_text("This account is private")).to_be_visible()

    asker.get_by_role("button", name="Follow").click()
    expect(asker.get_by_role("button", name="Requested")).to_be_visible()
    owner = visit(ana)
    owner.goto("/settings/requests/")
    owner.get_by_role("button", name="Accept ben").click()

    expect(owner.get_by_text("Nobody is waiting")).to_be_visible()
    expect(asker.get_by_role("button", name="Following")).to_be_visible()
    expect(asker.get_by_text("This account is private")).to_have_count(0)  # what it hid is there, too
    assert Follow.objects.filter(follower=ben, followee=ana).exists()


def test_without_javascript_forms_ask_and_take_it_back(visit):
    make_user("ana", is_private=True)
    page = visit(make_user("ben"), java_script_enabled=False)
    page.goto("/@ana/")

    page.get_by_role("button", name="Follow").click()
    page.get_by_role("button", name="Requested").click()

    expect(page.get_by_role("button", name="Follow")).to_be_visible()


def test_without_javascript_a_form_blocks_and_unblocks(visit):
    ana, ben = make_users("ana", "ben")
    page = visit(ana, java_script_enabled=False)
    page.goto("/@ben/")

    page.get_by_label("More about ben").click()
    page.get_by_role("button", name="Block ben").click()
    expect(page.get_by_text("You have blocked this person")).to_be_visible()
    until(lambda: Block.objects.filter(blocker=ana, blocked=ben).exists())
    page.get_by_role("button", name="Unblock").click()

    expect(page.get_by_role("button", name="Follow")).to_be_visible()
