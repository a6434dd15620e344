"""Who may report, and who may moderate: over REST."""

import pytest

from accounts.models import Session
from accounts.suspension import proof_of
from ops.models import Case
from tests.support.build import make_post, make_user, make_users, prove_second_factor
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

CASES = "/api/v1/ops/moderation/cases"


@pytest.fixture
def case():
    """Ben has reported ana's post."""
    ana, ben = make_users("ana", "ben")
    body = {"kind": "post", "id": str(make_post(ana).id), "reason": "spam"}
    answer = Web(ben, token=True).send("POST", "/api/v1/reports", body)
    assert answer.status_code == 201, answer.content
    return Case.objects.get()


def everywhere(web, case):
    """What each address of moderation answers."""
    at = f"{CASES}/{case.id}"
    asks = [
        ("GET", CASES, None),
        ("GET", at, None),
        ("PUT", f"{at}/claim", None),
        ("PUT", f"{at}/outcome", {"outcome": "dismiss"}),
        ("DELETE", f"{at}/outcome", None),
        ("DELETE", f"{at}/claim", None),
    ]
    return {
        (web.get(path) if method == "GET" else web.send(method, path, body)).status_code for method, path, body in asks
    }


def test_moderators_see_and_decide_cases(case, moderator):
    assert everywhere(moderator, case) == {200}


def test_for_a_member_there_are_no_cases(case):
    assert everywhere(Web(make_user("carl")), case) == {404}


def test_a_visitor_is_to_sign_in(case):
    assert everywhere(Web(), case) == {401}


@pytest.mark.parametrize("token", [True, False])
def test_staff_without_a_second_factor_are_told_so(case, token):
    assert everywhere(Web(make_user("mod", is_staff=True), token=token), case) == {403}


def test_a_second_factor_makes_no_moderator_of_a_member(case):
    carl = make_user("carl")
    web = Web(carl)
    prove_second_factor(Session.objects.get(user=carl))

    assert everywhere(web, case) == {404}


def test_one_finds_ones_own_reports(case):
    items = Web(make_user("carl"), token=True).get("/api/v1/reports").json()["items"]
    own = Web(Case.objects.get().reports.get().reporter, token=True).get("/api/v1/reports").json()["items"]

    assert (items, [(one["kind"], one["state"]) for one in own]) == ([], [("post", "open")])


def test_a_suspended_person_appeals_with_the_proof_of_the_log_in():
    ana = make_user("ana", is_active=False, suspended_at="2026-11-01T00:00:00Z")
    ana.refresh_from_db()

    answers = [
        Web().send("POST", "/api/v1/appeals", {"proof": proof, "text": "Not me."}).status_code
        for proof in (proof_of(ana), "made-up")
    ]

    assert answers == [201, 403]
