"""What ends access ends it live: entries of the control log, on the real server, with the rules' own answers."""

import time

import pytest
from django.db import transaction

from accounts import actions
from accounts.models import Block, Session, Token, User
from accounts.recognized import Proof, recognized
from accounts.viewers import Viewer
from realtime import bus, log, protocol
from realtime.hub import Hub
from realtime.log import Told
from realtime.topics import Domain
from tests.support.build import make_follow, make_post, make_user, make_users


@pytest.fixture
def ana(stack):
    return make_user("ana")


def control(*, publish=True, **data):
    with transaction.atomic():
        numbered = log.append([Told(log.CONTROL, "control", data)])
    if publish:
        bus.publish([bus.of_event(one) for one in numbered])


def watching(open_socket, user, *topics):
    client = open_socket(user)
    client.hello(topics=topics)
    answer = client.next("ok")
    assert answer["denied"] == {}
    return client


def ended(client):
    """The words and the code with which a socket was ended."""
    return client.next("revoked")["reason"], client.close_code()


def test_a_session_that_ended_closes_its_sockets_and_no_others(open_socket, stack, signed_in, ana):
    here, there = (open_socket(cookie=signed_in(ana), origin=stack.url) for _ in range(2))
    here.hello()
    there.hello()
    first = Session.objects.order_by("created_at").first()

    control(session=first.id, reason="ended")

    assert ended(here) == ("ended", protocol.Close.SESSION_REVOKED)
    assert there.nothing(0.3, "revoked") == []


def test_a_session_under_a_new_name_is_asked_to_come_back(open_socket, stack, signed_in, ana):
    client = open_socket(cookie=signed_in(ana), origin=stack.url)
    client.hello()

    control(session=Session.objects.get().id, reason="renewed")

    assert client.close_code() == protocol.Close.RENEW_TICKET


def test_a_revoked_token_closes_its_sockets(open_socket, ana):
    client = open_socket(ana)
    client.hello()

    control(token=Token.objects.get().id, reason="ended")

    assert ended(client) == ("ended", protocol.Close.SESSION_REVOKED)


def test_a_changed_password_closes_all_sessions_but_the_one_that_changed_it(open_socket, stack, signed_in, ana):
    keeps, goes = (open_socket(cookie=signed_in(ana), origin=stack.url) for _ in range(2))
    by_token = open_socket(ana)
    for client in (keeps, goes, by_token):
        client.hello()
    kept = Session.objects.order_by("created_at").first()

    control(user=ana.id, keep=kept.id, reason="password")

    assert ended(goes) == ("password", protocol.Close.SESSION_REVOKED)
    assert [client.nothing(0.3, "revoked") for client in (keeps, by_token)] == [[], []]


def test_a_suspended_person_is_closed_with_the_code_for_it_and_their_posts_fall_silent(open_socket, ana):
    post = make_post(ana)
    mine, reader = open_socket(ana), watching(open_socket, make_user("ben"), f"post:{post.id}")
    mine.hello()
    User.objects.filter(id=ana.id).update(is_active=False)

    control(user=ana.id, reason="suspended")

    assert ended(mine) == ("suspended", protocol.Close.SUSPENDED)
    assert reader.next("revoked")["topics"] == [f"post:{post.id}"]


def test_going_private_silences_strangers_and_keeps_followers(open_socket, ana):
    ben, chloe = make_users("ben", "chloe")
    make_follow(ben, ana)
    post = make_post(ana)
    follower, stranger = (watching(open_socket, user, f"post:{post.id}") for user in (ben, chloe))
    visitor = watching(open_socket, None, f"post:{post.id}", "profile:ana")
    User.objects.filter(id=ana.id).update(is_private=True)

    control(owner=ana.id, reason="private")

    assert stranger.next("revoked") == {"t": "revoked", "topics": [f"post:{post.id}"], "reason": "private"}
    assert sorted(visitor.next("revoked")["topics"]) == [f"post:{post.id}", "profile:ana"]
    bus.publish([bus.of_state(f"post:{post.id}", protocol.state(f"post:{post.id}", 9, {}))])
    assert follower.next("st")["ver"] == 9
    assert [client.nothing(0.3) for client in (stranger, visitor)] == [[], []]


def test_counters_of_a_post_that_may_not_be_seen_any_more_stop(open_socket, ana):
    post = make_post(ana)
    viewer = open_socket()
    viewer.hello()
    viewer.send(t="view", add=[str(post.id)])
    viewer.next("cnt")
    User.objects.filter(id=ana.id).update(is_private=True)

    control(owner=ana.id, reason="private")
    viewer.next("revoked")
    bus.publish([bus.of_counters(post.id, 7, 7, 0)])

    assert viewer.nothing(0.5) == []


def test_who_hides_their_presence_loses_sight_of_the_others(open_socket, ana):
    ben = make_user("ben")
    make_follow(ana, ben)
    make_follow(ben, ana)
    she, he = watching(open_socket, ana, "presence:ben"), watching(open_socket, ben, "presence:ana")
    User.objects.filter(id=ana.id).update(shows_presence=False)

    control(owner=ana.id, reason="presence")

    assert [client.next("revoked")["topics"] for client in (she, he)] == [["presence:ben"], ["presence:ana"]]


def test_a_block_silences_both_sides(open_socket, ana):
    ben = make_user("ben")
    hers, his = make_post(ana), make_post(ben)
    she, he = watching(open_socket, ana, f"post:{his.id}"), watching(open_socket, ben, f"post:{hers.id}")
    Block.objects.create(blocker=ana, blocked=ben)

    control(pair=[ana.id, ben.id], reason="blocked")

    assert she.next("revoked")["topics"] == [f"post:{his.id}"]
    assert he.next("revoked")["topics"] == [f"post:{hers.id}"]


def test_a_blocked_persons_doings_on_a_third_persons_post_are_not_shown(open_socket, ana):
    ben, chloe = make_users("ben", "chloe")
    topic = f"post:{make_post(chloe).id}"
    she, third = watching(open_socket, ana, topic), watching(open_socket, chloe, topic)
    Block.objects.create(blocker=ana, blocked=ben)
    control(pair=[ana.id, ben.id], reason="blocked")
    she.nothing(0.3)  # whom she hides from is read anew beside

    bus.publish([bus.of_state(topic, protocol.state(topic, 8, {}), ben.id)])
    bus.publish([bus.of_state(topic, protocol.state(topic, 9, {}), chloe.id)])

    assert [third.next("st")["ver"] for _ in range(2)] == [8, 9]
    assert she.next("st")["ver"] == 9


def test_a_block_from_before_the_handshake_counts_as_well(open_socket, ana):
    ben, chloe = make_users("ben", "chloe")
    topic = f"post:{make_post(chloe).id}"
    Block.objects.create(blocker=ben, blocked=ana)
    she = watching(open_socket, ana, topic)

    bus.publish([bus.of_ephemeral(topic, protocol.ephemeral(topic, {}, ttl_seconds=1), ben.id)])

    assert she.nothing(0.3, "eph") == []


def test_a_deleted_post_is_taken_from_everybody(open_socket, ana):
    post = make_post(ana)
    author, reader = (watching(open_socket, user, f"post:{post.id}") for user in (ana, make_user("ben")))

    control(topics=[f"post:{post.id}"], reason="deleted")

    expected = {"t": "revoked", "topics": [f"post:{post.id}"], "reason": "deleted"}
    assert [client.next("revoked") for client in (author, reader)] == [expected, expected]


def test_an_entry_that_the_bus_lost_is_done_with_the_next(open_socket, ana):
    client, other = open_socket(ana), open_socket(make_user("ben"))
    client.hello()
    other.hello()
    hers = Token.objects.get(user=ana)

    control(token=hers.id, reason="ended", publish=False)
    control(topics=["post:1"], reason="deleted")

    assert client.close_code() == protocol.Close.SESSION_REVOKED


def test_what_this_version_does_not_know_stops_nothing(open_socket, ana):
    client = open_socket(ana)
    client.hello()

    control(planet=7)
    control(token=Token.objects.get().id, reason="ended")

    assert client.close_code() == protocol.Close.SESSION_REVOKED


def test_a_socket_opened_after_an_entry_is_not_ended_by_it(open_socket, ana):
    control(user=ana.id, keep=None, reason="password", publish=False)
    client = open_socket(ana)
    client.hello()

    control(topics=["post:1"], reason="deleted")

    assert client.nothing(0.5, "revoked") == []


def test_a_ticket_is_good_for_one_socket(open_socket, api, ana):
    ticket = api(ana).post("/realtime/ticket").json()["ticket"]
    first, second = open_socket(), open_socket()

    first.send(t="hello", auth={"ticket": ticket})
    assert first.next("welcome")["user"]["username"] == "ana"
    second.send(t="hello", auth={"ticket": ticket})

    assert second.next("err")["code"] == protocol.Error.TICKET_EXPIRED
    assert second.close_code() == protocol.Close.RENEW_TICKET


def test_a_fresh_ticket_renews_the_proof(open_socket, api, ana):
    client = open_socket(ana)
    client.hello()
    old = Token.objects.get()
    ticket = api(ana).post("/realtime/ticket").json()["ticket"]

    client.send(t="auth", ticket=ticket, id=5)
    assert client.next("ok") == {"t": "ok", "id": 5, "topics": {}, "denied": {}, "session": {"expires": None}}
    actions.revoke_token(user_id=ana.id, token_id=old.id)
    control(token=old.id, reason="ended")

    assert client.nothing(0.5, "revoked") == []


def test_another_persons_ticket_ends_the_socket(open_socket, api, ana):
    client = open_socket(ana)
    client.hello()

    client.send(t="auth", ticket=api(make_user("ben")).post("/realtime/ticket").json()["ticket"])

    assert client.next("err")["code"] == protocol.Error.FORBIDDEN
    assert client.close_code() == protocol.Close.UNAUTHENTICATED


def test_a_bad_ticket_for_renewal_leaves_the_old_proof(open_socket, ana):
    client = open_socket(ana)
    client.hello()

    client.send(t="auth", ticket="old", id=5)

    assert (client.next("err")["code"], client.nothing(0.3, "revoked")) == (protocol.Error.TICKET_EXPIRED, [])


# --- Requests -------------------------------------------------------------------------------------------------------
ENTRIES = [
    ({"session": 5, "reason": "ended"}, False),
    ({"token": 7, "reason": "ended"}, False),
    ({"user": 1, "keep": 5, "reason": "password"}, False),
    ({"user": 1, "reason": "suspended"}, False),
    ({"staff": 1, "reason": "staff"}, False),
    ({"session": 6, "reason": "ended"}, True),
    ({"owner": 1, "reason": "private"}, True),
    ({"pair": [1, 2], "reason": "blocked"}, True),
]


@pytest.mark.parametrize(("entry", "known"), ENTRIES)
async def test_requests_look_up_again_whom_an_entry_is_about(entry, known):
    viewer = Viewer(1, "ana", "Ana", "", is_staff=False, via="session", session_id=5, token_id=7)
    proof = Proof("session", "key")
    recognized.keep(proof, viewer, place=recognized.place, since=time.monotonic())

    Hub(Domain({}, dict)).control.act(entry)

    assert (recognized.by(proof) is not None) == known
