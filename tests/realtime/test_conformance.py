"""Frames that no honest client sends, on the real server: each ends its own socket, with the code of RFC 6455."""

import os
import zlib

import pytest

from tests.support.rawsocket import BINARY, CLOSE, PING, TEXT, RawSocket, frame

MOST_BYTES = 65_536
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"


def bomb():
    """A hundred megabytes of nothing in a hundred kilobytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (packer.compress(bytes(100 * 2**20)) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param([frame(3, b"x")], 1002, id="an opcode that is none"),
        pytest.param([frame(TEXT, b"{}", rsv=4)], 1002, id="a reserved bit"),
        pytest.param([frame(TEXT, b"{}", masked=False)], 1002, id="not masked"),
        pytest.param([frame(PING, bytes(126))], 1002, id="a ping of more than 125 bytes"),
        pytest.param([frame(PING, b"", fin=False)], 1002, id="a ping in pieces"),
        pytest.param([frame(0, b"x")], 1002, id="a continuation of nothing"),
        pytest.param([frame(TEXT, b"{", fin=False), frame(TEXT, b"}")], 1002, id="a message within a message"),
        pytest.param([frame(CLOSE, b"\x03")], 1002, id="half a close code"),
        pytest.param([frame(TEXT, b"\xff\xfe")], 1007, id="a text that is not UTF-8"),
        pytest.param([frame(TEXT, b"x" * (MOST_BYTES + 1))], 1009, id="64 KiB and one byte"),
        pytest.param([frame(TEXT, b"", length=2**40)], 1009, id="a header that claims a tebibyte"),
        pytest.param([frame(BINARY, b"\x00")], 4400, id="a binary frame"),
        pytest.param([frame(TEXT, b"x" * 4_097)], 4413, id="more than rt.v1 allows"),
    ],
)
def test_hostile_frames(stack, sent, code):
    with RawSocket(stack.port) as hostile:
        hostile.send(*sent)

        assert hostile.close_code() == code


def test_fragments_without_end_are_held_up_to_the_limit(stack):
    with RawSocket(stack.port) as hostile:
        hostile.send(frame(TEXT, b"x" * 1024, fin=False))
        try:
            for _ in range(MOST_BYTES // 1024):
                hostile.send(frame(0, b"x" * 1024, fin=False))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it did not wait for the last

        assert hostile.close_code() in (1009, None)  # None: what was sent past it resets the connection


def test_deflate_is_not_agreed_on_so_that_a_bomb_is_no_bomb(stack):
    before = resident_bytes(stack.web.pid)
    with RawSocket(stack.port, headers=DEFLATE) as hostile:
        assert b"permessage-deflate" not in hostile.answer.lower()
        hostile.send(frame(TEXT, bomb()[:60_000], rsv=4))

        assert hostile.close_code() == 1002
    assert resident_bytes(stack.web.pid) - before < 20 * 2**20


def test_a_flood_of_pings_troubles_nobody_else(stack, open_socket):
    honest = open_socket()
    honest.hello()
    with RawSocket(stack.port) as hostile:
        hostile.send(*[frame(PING, b"x" * 125)] * 20_000)

        honest.send(t="hb", seq=0)
        assert honest.next("hb", timeout=5)["t"] == "hb"


@pytest.mark.parametrize("odd", ["\x0b", "\x0c", "\x1c", "\x85"])
def test_an_upgrade_header_with_an_odd_space_is_no_upgrade(stack, odd):
    with RawSocket(stack.port, headers=f"X-Forwarded-For: 192.0.2.1{odd}Upgrade: websocket\r\n") as hostile:
        assert hostile.status in (101, 400)  # one header more, or none: never two requests
        if hostile.status == 101:
            hostile.send(frame(TEXT, b'{"t":"hb","seq":0}'))
            assert hostile.close_code() == 4406  # it is a socket like any other: hello comes first
