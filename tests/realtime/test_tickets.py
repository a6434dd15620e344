"""Tickets: made over REST, used once, gone with what they came from."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts import actions
from accounts.models import Session, Token
from core.problems import Unauthenticated
from realtime import tickets
from realtime.models import Ticket
from realtime.tasks import sweep_tickets
from realtime.tickets import Redeemed
from tests.support.build import make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def ask(web):
    return web.send("POST", "/api/v1/realtime/ticket")


def make_ticket(user, token=None):
    return tickets.issue(user_id=user.id, session_id=None, token_id=(token or make_token(user)).id)


def make_token(user):
    actions.make_token(user_id=user.id)
    return Token.objects.filter(user=user).latest("id")


def age(seconds):
    """Let time pass for every ticket, by the clock of the database."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE realtime_ticket SET expires_at = expires_at - make_interval(secs => %s)", [seconds])


def test_a_ticket_lives_for_a_minute():
    answer = ask(Web(make_user("ana")))

    assert (answer.status_code, answer.json() | {"ticket": ""}) == (200, {"ticket": "", "expires_in": 60})


def test_a_ticket_is_kept_out_of_caches():
    assert ask(Web(make_user("ana")))["Cache-Control"] == "no-store"


def test_a_ticket_names_the_session_that_asked():
    ana = make_user("ana")
    ticket = ask(Web(ana)).json()["ticket"]

    assert tickets.redeem_many([ticket]) == {ticket: Redeemed(ana.id, Session.objects.get().id, None)}


def test_a_ticket_names_the_token_that_asked():
    ana = make_user("ana")
    ticket = ask(Web(ana, token=True)).json()["ticket"]

    assert tickets.redeem_many([ticket]) == {ticket: Redeemed(ana.id, None, Token.objects.get().id)}


def test_nobody_gets_no_ticket():
    assert ask(Web()).status_code == 401


def test_another_site_gets_no_ticket_with_a_cookie():
    assert ask(Web(make_user("ana"), csrf=True)).status_code == 403


def test_a_ticket_is_not_kept_as_it_is():
    ticket = make_ticket(make_user("ana"))

    assert bytes(Ticket.objects.get().digest) != ticket.encode()


def test_a_ticket_works_once():
    ticket = make_ticket(make_user("ana"))
    tickets.redeem_many([ticket])

    assert tickets.redeem_many([ticket]) == {}


def test_a_ticket_works_once_of_two_who_come_at_once():
    ticket = make_ticket(make_user("ana"))

    def redeem():
        try:
            return len(tickets.redeem_many([ticket]))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(lambda _: redeem(), range(8))) == 1


def test_a_ticket_expires():
    ticket = make_ticket(make_user("ana"))
    age(61)

    assert tickets.redeem_many([ticket]) == {}


def test_a_ticket_works_until_it_expires():
    ticket = make_ticket(make_user("ana"))
    age(55)

    assert list(tickets.redeem_many([ticket])) == [ticket]


@pytest.mark.parametrize("wrong", ["", "x", "\x00", "\ud800", "é" * 3000])
def test_an_unknown_ticket_is_missing(wrong):
    assert tickets.redeem_many([wrong]) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_many_handshakes_cost_one_query(count):
    people = make_users("ana", "ben", "chloe")[:count]
    made = [make_ticket(person) for person in people]

    with CaptureQueriesContext(connection) as queries:
        redeemed = tickets.redeem_many([*made, "unknown"])

    assert [redeemed[ticket].user_id for ticket in made] == [person.id for person in people]
    assert len(queries) == 1


def test_no_handshake_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert tickets.redeem_many([]) == {}


def test_a_ticket_dies_with_its_session():
    ana = make_user("ana")
    ticket = ask(Web(ana)).json()["ticket"]

    actions.end_session(user_id=ana.id, session_id=Session.objects.get().id)

    assert tickets.redeem_many([ticket]) == {}


def test_a_ticket_dies_with_its_token():
    ana = make_user("ana")
    token = make_token(ana)
    ticket = make_ticket(ana, token)

    actions.revoke_token(user_id=ana.id, token_id=token.id)

    assert tickets.redeem_many([ticket]) == {}


def test_a_ticket_dies_at_log_out():
    web = Web(make_user("ana"))
    ticket = ask(web).json()["ticket"]

    web.post("/accounts/logout/")

    assert tickets.redeem_many([ticket]) == {}


def test_a_token_that_has_ended_gets_no_ticket():
    ana = make_user("ana")
    token = make_token(ana)
    actions.revoke_token(user_id=ana.id, token_id=token.id)

    with pytest.raises(Unauthenticated):
        make_ticket(ana, token)


def test_the_oldest_of_too_many_gives_way():
    ana = make_user("ana")
    token = make_token(ana)

    made = [make_ticket(ana, token) for _ in range(tickets.MAX_LIVE + 2)]

    assert set(tickets.redeem_many(made)) == set(made[2:])


def test_one_person_takes_nothing_from_another():
    ana, ben = make_users("ana", "ben")
    of_ben, token = make_ticket(ben), make_token(ana)

    for _ in range(tickets.MAX_LIVE + 1):
        make_ticket(ana, token)

    assert list(tickets.redeem_many([of_ben])) == [of_ben]


def test_the_sweep_deletes_what_has_expired_and_nothing_else():
    ana = make_user("ana")
    token = make_token(ana)
    make_ticket(ana, token)
    age(61)
    live = make_ticket(ana, token)

    sweep_tickets()

    assert Ticket.objects.count() == 1
    assert list(tickets.redeem_many([live])) == [live]
