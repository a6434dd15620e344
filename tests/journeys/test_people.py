"""What one does about somebody, and the way back: muting, reporting, blocking, following; without scripts as well."""

from playwright.sync_api import expect

from accounts.models import Block, Mute
from ops.models import Report
from tests.support.build import make_follow, make_post, make_user, make_users


def test_without_javascript_somebody_is_muted_reported_blocked_and_let_in_again(visit):
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)
    page = visit(ana, java_script_enabled=False)

    page.goto("/@ben/")
    page.get_by_label("More about ben").click()
    page.get_by_role("link", name="Mute ben").click()
    page.get_by_label("For a day").check()
    page.get_by_label("Notifications too").check()
    page.get_by_role("button", name="Mute").click()
    expect(page.get_by_text("You have muted this person")).to_be_visible()
    assert Mute.objects.get().notifications

    page.get_by_label("More about ben").click()
    page.get_by_role("link", name="Report ben").click()
    page.get_by_label("Bullying or harassment").check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Thank you for telling us")).to_be_visible()
    assert Report.objects.get().reason == "harassment"

    page.get_by_role("button", name="Block ben").click()
    expect(page.get_by_text("You have blocked this person")).to_be_visible()
    page.goto("/settings/blocked/")
    page.get_by_role("button", name="Unblock ben").click()
    expect(page.get_by_text("You have blocked nobody")).to_be_visible()
    assert not Block.objects.exists()


def test_somebody_is_found_followed_from_a_list_and_seen_in_the_settings_on_a_phone(visit):
    ana, ben, zoe = make_user("ana"), make_user("ben", name="Ben"), make_user("zoe", name="Zoe Sandoval")
    make_follow(zoe, ben)
    make_post(zoe, photos=0, caption="#sea")
    page = visit(ana)

    page.goto("/explore/")
    page.get_by_role("searchbox").fill("zoe san")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="People", exact=True).click()
    expect(page.get_by_role("link", name="Zoe Sandoval")).to_be_visible()
    page.goto("/@ben/followers/")
    page.get_by_role("button", name="Follow zoe").click()
    expect(page.get_by_role("button", name="Following zoe")).to_be_visible()

    page.goto("/settings/")
    expect(page.get_by_role("link", name="Your data")).to_be_hidden()
    page.get_by_text("All settings").click()
    page.get_by_role("link", name="Your data").click()
    expect(page.get_by_role("heading", name="Delete your account")).to_be_visible()
