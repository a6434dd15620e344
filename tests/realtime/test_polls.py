"""Who polls, and what they have missed: of what is known here and in the ring, on a real Valkey and PostgreSQL."""

import pytest
from django.db import transaction

from accounts import actions
from accounts.models import Session, Token
from accounts.recognized import Proof, recognized
from core import crossing
from realtime import bus, log, polls, tickets
from realtime.auth import Credentials
from realtime.hub import Hub
from realtime.log import Told
from realtime.protocol import Cursor, Error
from realtime.topics import Domain
from tests.support.build import make_user


@pytest.fixture
async def hub(valkey, transactional_db):
    hub = Hub(Domain({}, dict))
    yield hub
    await hub.out.close()


def append(user, count=1, *, publish=False):
    with transaction.atomic():
        numbered = log.append([Told(user.id, "test", {}) for _ in range(count)])
    if publish:
        bus.publish([bus.of_event(one) for one in numbered])


class Client:
    """Somebody who polls from the same place each time; three things have happened to them."""

    def __init__(self, hub, user):
        self.hub, self.user = hub, user

    async def missed(self, after=1, **heard):
        """The numbers of what they are answered."""
        cursor = Cursor(await self.hub.reads.epoch(), after)
        replay = await self.hub.reads.polls.missed(self.user.id, cursor, **heard)
        return list(range(replay.head - len(replay.frames) + 1, replay.head + 1))

    async def happens(self, **options):
        await crossing.call(append, self.user, **options)


@pytest.fixture
async def ana(hub):
    client = Client(hub, await crossing.call(make_user, "ana"))
    await client.happens(count=3)
    return client


async def test_a_ring_that_was_compared_answers_without_the_log(ana):
    first = await ana.missed()

    await ana.happens()  # and Redis does not take it

    assert (first, await ana.missed()) == ([2, 3], [2, 3])


async def test_what_happens_later_is_in_the_ring(ana):
    await ana.missed()

    await ana.happens(publish=True)

    assert await ana.missed() == [2, 3, 4]


async def test_who_has_everything_is_answered_by_the_ring_too(ana):
    first = await ana.missed(after=3)

    await ana.happens(publish=True)

    assert (first, await ana.missed(after=3)) == ([], [4])


async def test_somebody_to_whom_nothing_has_happened_yet_has_a_ring(hub):
    ben = Client(hub, await crossing.call(make_user, "ben"))
    first = await ben.missed(after=0)

    await ben.happens(publish=True)

    assert (first, await ben.missed(after=0)) == ([], [1])


async def test_a_ring_is_compared_again_after_a_while(ana, monkeypatch):
    monkeypatch.setattr(polls, "BELIEVED_SECONDS", 0.0)
    await ana.missed()

    await ana.happens()

    assert await ana.missed() == [2, 3, 4]


async def test_a_ring_is_compared_again_once_redis_was_away(hub, ana):
    await ana.missed()
    await ana.happens()

    hub.bus.turns += 1

    assert await ana.missed() == [2, 3, 4]


async def test_a_ring_that_lacks_what_was_heard_of_is_compared_again(ana):
    await ana.missed()

    await ana.happens()

    assert await ana.missed(heard=4) == [2, 3, 4]


async def test_a_ring_that_was_flushed_is_compared_again(ana, client):
    await ana.missed()
    await ana.happens()

    client.flushall()

    assert await ana.missed() == [2, 3, 4]


async def test_a_full_redis_is_not_believed(ana, client):
    client.config_set("maxmemory", 1)
    await ana.missed()

    await ana.happens()

    assert await ana.missed() == [2, 3, 4]


async def test_what_is_committed_while_the_log_is_read_is_not_missed(hub, ana):
    async def late(asks):
        found = await hub.reads.read_log(asks)
        await ana.happens(publish=True)
        return found

    hub.reads.polls = polls.Polls(late, hub.out, hub.bus)
    first = await ana.missed(after=3)

    assert (first, await ana.missed(after=3)) == ([], [4])


async def test_a_cursor_of_nowhere_is_no_matter_of_the_ring(hub, ana):
    await ana.missed()

    replay = await hub.reads.polls.missed(ana.user.id, Cursor("other", 1))

    assert (replay.outcome, replay.head) == ("resync", 3)


async def test_the_rings_of_so_many_are_believed_at_most(hub, ana, monkeypatch):
    monkeypatch.setattr(polls, "MOST", 1)
    await ana.missed()
    await ana.happens()

    await Client(hub, await crossing.call(make_user, "ben")).missed(after=0)

    assert await ana.missed() == [2, 3, 4]


# --- Who asks -------------------------------------------------------------------------------------------------------
async def who(hub, **credentials):
    """Whom credentials name, or why not."""
    proof = await hub.reads.polls.proof(Credentials(**credentials))
    return proof.viewer.id if proof.viewer else proof.error


async def test_who_asked_a_moment_ago_is_not_looked_up(hub, ana):
    token = await crossing.call(actions.make_token, user_id=ana.user.id)
    first = await who(hub, token=token)

    await crossing.call(Token.objects.all()._raw_delete, "default")

    assert (first, await who(hub, token=token)) == (ana.user.id, ana.user.id)


async def test_who_was_forgotten_is_looked_up(hub, ana):
    token = await crossing.call(actions.make_token, user_id=ana.user.id)
    await who(hub, token=token)

    await crossing.call(actions.revoke_token, user_id=ana.user.id, token_id=(await crossing.call(Token.objects.get)).id)

    assert await who(hub, token=token) == Error.UNAUTHENTICATED


async def test_a_ticket_is_good_once(hub, ana):
    await crossing.call(actions.make_token, user_id=ana.user.id)
    token_id = (await crossing.call(Token.objects.get)).id
    ticket = await crossing.call(tickets.issue, user_id=ana.user.id, session_id=None, token_id=token_id)

    assert [await who(hub, ticket=ticket) for _ in range(2)] == [ana.user.id, Error.TICKET_EXPIRED]


@pytest.mark.parametrize(("header", "via"), [("session_token", "app"), ("session_key", "session")])
async def test_other_requests_recognize_who_polled_by_the_same_way_alone(hub, signed_in, ana, header, via):
    await crossing.call(signed_in, ana.user)
    key = (await crossing.call(Session.objects.get)).session_key

    await who(hub, **{header: key})

    ways = [recognized.by(Proof(one, key)) for one in ("app", "session")]
    assert [viewer.via for viewer in ways if viewer] == [via]
