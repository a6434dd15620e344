"""Counting what is open: clients by what they say they are, those who do not read, and different people."""

import asyncio
from collections import Counter

from realtime import census
from realtime.census import MOST_KINDS, OTHERS, SKETCH, Kind
from realtime.peers import UNKNOWN, Peer
from realtime.socket import Outlet, Socket


async def send(message):
    """Take it at once."""


async def stall(reads):
    """Take nothing before then."""
    await reads.wait()


def open_socket(peer=UNKNOWN, *, write=send):
    socket = Socket(Outlet(write, {}), None, on_gone=lambda code: None)
    socket.peer = peer
    return socket


def test_sockets_are_counted_by_kind_the_most_frequent_first():
    web, phone = Peer("web", "1", "websocket"), Peer("ios", "2", "sse")

    kinds = census.taken([open_socket(one) for one in (phone, web, web)]).kinds

    assert kinds == [(Kind("web", "1", "websocket"), 2), (Kind("ios", "2", "sse"), 1)]


def test_kinds_beyond_the_bound_are_counted_together():
    found = census.most_frequent(Counter({Kind(f"app{n}", "", "websocket"): 2 for n in range(MOST_KINDS + 3)}))

    assert (len(found), found[-1]) == (MOST_KINDS + 1, (OTHERS, 6))


async def test_a_socket_whose_client_does_not_read_is_slow_and_what_waits_is_counted():
    reads = asyncio.Event()
    slow = open_socket(write=lambda message: stall(reads))
    slow.write("goes at once, and blocks")
    slow.write("waits")

    taken = census.taken([slow, open_socket()])

    assert (taken.slow, taken.queued_bytes) == (1, len("waits"))
    slow.end(1000)


def test_a_person_in_two_processes_counts_once():
    one, other = range(100), range(50, 120)

    assert census.different([census.sketch(one), census.sketch(other)], [100, 70]) == 120


def test_many_people_are_counted_within_a_fifth():
    ids = [range(start, start + 9_000) for start in range(0, 40_000, 3_000)]

    found = census.different([census.sketch(one) for one in ids], [9_000] * len(ids))

    assert abs(found - 48_000) < 9_600


def test_more_people_than_there_are_connections_of_people_are_never_told():
    people = range(SKETCH + 1)

    assert census.different([census.sketch(people)], [len(people)]) == len(people)
