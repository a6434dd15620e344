"""A report, live: to moderators as it comes and as it is taken back; to nobody else, nor to who is none any more."""

import pytest

from accounts.actions import revoke_staff
from accounts.models import Session
from tests.support.build import make_post, make_user, make_users, prove_second_factor

pytestmark = pytest.mark.django_db(transaction=True)

PROMISED_SECONDS = 2


@pytest.fixture
def mod():
    return make_user("mod", is_staff=True)


@pytest.fixture
def moderator(stack, open_socket, signed_in, mod):
    """The socket of a session that proved a second factor; it watches the queue and its own feed."""
    cookie = signed_in(mod)
    prove_second_factor(Session.objects.get(user=mod))
    socket = open_socket(cookie=cookie, origin=stack.url)
    socket.hello(topics=["moderation", "feed"])
    assert socket.next("ok")["topics"]["moderation"] == {"ver": 0, "snap": {"open": 0, "claimed": 0}}
    return socket


def shown(socket):
    frame = socket.next("st", where=lambda frame: frame["topic"] == "moderation")
    return frame["ver"], frame["d"]


def test_a_report_reaches_a_moderator_and_so_does_its_withdrawal(api, moderator):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    made = api(ben).post("/reports", json={"kind": "post", "id": str(post.id), "reason": "spam"}).json()
    ver, first = shown(moderator)
    api(ben).delete(f"/reports/{made['id']}")
    then, second = shown(moderator)

    assert [(ver, first["how"], first["open"]), (then, second["how"], second["open"])] == [
        (1, "opened", 1),
        (2, "withdrawn", 0),
    ]
    assert (first["case"]["object"], second["case"]["outcome"]) == (str(post.id), "withdrawn")


def test_staff_without_a_second_factor_watch_no_reports(stack, open_socket, mod):
    staff = open_socket(mod)

    staff.hello(topics=["moderation"])

    assert staff.next("ok")["denied"] == {"moderation": 110}


def test_who_is_staff_no_longer_watches_no_reports_and_their_feed_still(moderator):
    revoke_staff(username="mod")

    frame = moderator.next("revoked", timeout=PROMISED_SECONDS)

    assert (frame["topics"], frame["reason"]) == (["moderation"], "staff")


def test_a_proof_without_a_second_factor_watches_no_reports(moderator, mod, api):
    ticket = api(mod).post("/realtime/ticket").json()["ticket"]

    moderator.send(t="auth", ticket=ticket, id="1")

    frame = moderator.next("revoked")
    assert (frame["topics"], frame["reason"]) == (["moderation"], "second factor")
