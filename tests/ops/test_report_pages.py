"""The pages of reporting, as a browser without JavaScript has them."""

import re

import pytest

from ops.models import Case, Reason, Report
from ops.words import REASONS
from tests.ops.deeds import close, report
from tests.support.build import make_block, make_comment, make_mute, make_post, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def text(answer):
    return answer.content.decode()


@pytest.fixture
def crowd():
    """Ana, who wrote; ben, who reports."""
    return make_users("ana", "ben")


def things(ana, ben):
    """One of each kind that is ana's, with the words by which the page shows it."""
    post = make_post(ana, caption="Buy now")
    comment = make_comment(make_post(ben), ana, "Cheap lenses")
    return {"user": (ana, "ana"), "post": (post, "Buy now"), "comment": (comment, "Cheap lenses")}


@pytest.mark.parametrize("kind", ["user", "post", "comment"])
def test_form_shows_what_it_is_about_and_makes_the_report(crowd, kind):
    ana, ben = crowd
    thing, words = things(ana, ben)[kind]
    web, path = Web(ben), f"/report/{kind}/{thing.id}/"

    shown = words in text(web.get(path))
    answer = web.post(path, {"reason": "spam", "text": "Every day."})

    assert (shown, answer.status_code, answer["Location"]) == (True, 303, path)
    made = Report.objects.select_related("case").get()
    assert (made.case.kind, made.case.object_id, made.reporter_id) == (kind, thing.id, ben.id)
    assert (made.reason, made.text) == ("spam", "Every day.")


def test_after_it_the_page_says_thank_you_and_what_one_can_do_meanwhile(crowd):
    ana, ben = crowd
    post = make_post(ana)
    report("post", post, ben)

    page = text(Web(ben).get(f"/report/post/{post.id}/"))

    said = ("Thank you for telling us" in page, 'name="reason"' in page, "Mute ana" in page, "Block ana" in page)
    assert said == (True, False, True, True)


def test_who_is_muted_already_is_not_offered_to_be_muted(crowd):
    ana, ben = crowd
    make_mute(ben, ana)
    report("user", ana, ben)

    page = text(Web(ben).get(f"/report/user/{ana.id}/"))

    assert ("Mute ana" in page, "Unmute" in page) == (False, True)


def test_who_is_blocked_can_still_be_reported(crowd):
    ana, ben = crowd
    make_block(ben, ana)

    answer = Web(ben).post(f"/report/user/{ana.id}/", {"reason": "harassment"})

    assert (answer.status_code, Case.objects.get().kind) == (303, "user")


def test_a_closed_report_leaves_room_for_another(crowd):
    ana, ben = crowd
    rosa = make_user("rosa", is_staff=True)
    post = make_post(ana)
    report("post", post, ben)
    case = Case.objects.get()
    Case.objects.update(claimed_by=rosa, claimed_until="2999-01-01T00:00Z")
    close(case, rosa, "dismiss")

    assert 'name="reason"' in text(Web(ben).get(f"/report/post/{post.id}/"))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Choose what is wrong with it."),
        ({"reason": "appeal"}, "Choose what is wrong with it."),
        ({"reason": "spam", "text": "x" * 1001}, "over the limit of 1,000"),
    ],
)
def test_what_is_refused_is_said_in_the_form_which_keeps_what_was_typed(crowd, form, said):
    ana, ben = crowd
    post = make_post(ana)

    answer = Web(ben).post(f"/report/post/{post.id}/", form)

    assert (answer.status_code, said in text(answer), Report.objects.count()) == (422, True, 0)
    assert form.get("text", "") in text(answer)


@pytest.mark.parametrize("path", ["/report/post/{post}/", "/report/user/{user}/", "/report/appeal/1/", "/report/x/1/"])
def test_what_is_one_s_own_or_no_such_thing_is_not_there(crowd, path):
    ana, _ = crowd
    post = make_post(ana)

    assert Web(ana).get(path.format(post=post.id, user=ana.id)).status_code == 404


def test_all_reasons_but_that_of_an_appeal_are_offered():
    assert REASONS.keys() == {reason.value for reason in Reason} - {"appeal"}


def test_one_s_reports_are_listed_with_what_became_of_them_and_taken_back(crowd):
    ana, ben = crowd
    report("post", make_post(ana), ben)
    made = Report.objects.get()
    web = Web(ben)
    listed = [card.id for card in web.get("/settings/reports/").context["reports"].items]

    answer = web.post(f"/settings/reports/{made.id}/withdraw/")

    assert (listed, answer["Location"]) == ([made.id], "/settings/reports/")
    assert "You took it back." in text(web.get("/settings/reports/"))


def test_a_report_is_taken_back_by_its_reporter_alone(crowd):
    ana, ben = crowd
    report("post", make_post(ana), ben)

    answer = Web(ana).post(f"/settings/reports/{Report.objects.get().id}/withdraw/")

    assert (answer.status_code, Report.objects.standing().count()) == (404, 1)


def test_fragment_of_one_s_reports_is_only_the_rows(crowd):
    answer = Web(crowd[0]).get("/settings/reports/", {"fragment": "1"})

    assert (answer.templates[0].name, re.findall("<html", text(answer))) == ("ops/_reports_items.html", [])
