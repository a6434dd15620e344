"""The proxy breaks what it shall break, and nothing else."""

import socket
import threading
import time

import pytest
import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support import services, wsframes
from tests.support.faultproxy import FaultProxy
from tests.support.resp import Splitter, is_message

MESSAGE = b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\n42\r\n"


@pytest.fixture
def echo():
    """A server that answers with what it was sent."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection):
        with connection:
            try:
                while data := connection.recv(1024):
                    connection.sendall(data)
            except OSError:
                pass

    def accept():
        try:
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        except OSError:
            pass

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


@pytest.fixture
def proxy(echo):
    with FaultProxy(echo) as proxy:
        yield proxy


@pytest.fixture
def line(proxy):
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as line:
        yield line


def ask(line, data=b"hello", *, timeout=5.0):
    line.settimeout(timeout)
    line.sendall(data)
    return line.recv(1024)


def test_ok_passes_bytes_on(line):
    assert ask(line) == b"hello"


def test_delay_brings_them_later(proxy, line):
    proxy.set("delay", seconds=0.2)
    begun = time.monotonic()

    assert ask(line) == b"hello"

    assert time.monotonic() - begun >= 0.4  # there and back


def test_rate_lets_few_bytes_pass(proxy, line):
    proxy.set("rate", bytes_a_second=1_000)
    begun = time.monotonic()

    assert ask(line, b"x" * 200) == b"x" * 200

    assert time.monotonic() - begun >= 0.4


def test_stall_keeps_the_line_open_and_passes_all_once_it_ends(proxy, line):
    ask(line)
    proxy.set("stall")
    with pytest.raises(TimeoutError):
        ask(line, b"later", timeout=0.2)

    proxy.set("ok")

    line.settimeout(5)
    assert line.recv(1024) == b"later"


def test_cut_resets_lines_and_refuses_new_ones_until_it_ends(proxy, line):
    ask(line)

    proxy.set("cut")

    with pytest.raises(ConnectionResetError):
        ask(line)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port))
    proxy.set("ok")
    with socket.create_connection(("127.0.0.1", proxy.port)) as again:
        assert ask(again) == b"hello"


def test_cut_resets_a_line_that_is_accepted_in_the_same_moment(proxy):
    proxy._loop.call_soon_threadsafe(time.sleep, 0.2)  # both come while the loop is away
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as line:
        proxy.set("cut")

        with pytest.raises(ConnectionResetError):
            line.recv(1)


def test_drop_throws_bytes_away_and_resets_the_line_when_it_ends(proxy, line):
    ask(line)
    proxy.set("drop")
    with pytest.raises(TimeoutError):
        ask(line, timeout=0.2)

    proxy.set("ok")

    with pytest.raises(ConnectionResetError):
        line.recv(1024)


def test_a_line_to_nowhere_is_reset():
    with (
        FaultProxy(1) as proxy,
        pytest.raises(ConnectionResetError),  # or already while it connects
        socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as line,
    ):
        line.recv(1)


def test_an_end_with_open_lines_prints_no_error(echo, caplog):
    proxy = FaultProxy(echo).start()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as line:
        ask(line)

        proxy.close()

    assert caplog.records == []


@pytest.fixture
def bus():
    """A Redis client through the proxy, and the proxy."""
    port = redis.connection.parse_url(settings.REDIS_URL)["port"]
    with FaultProxy(port) as proxy:
        url = services.running().valkey.url.replace(f":{port}/", f":{proxy.port}/")
        client = redis.Redis.from_url(url, protocol=2, retry=Retry(NoBackoff(), 0))
        yield proxy, client
        client.close()


def heard(client, count):
    """Publish so many messages and read what comes of them; the answer to a ping, which no fault touches, is behind."""
    with client.pubsub(ignore_subscribe_messages=True) as listening:
        listening.subscribe("faults")
        listening.get_message(timeout=5)
        pipeline = client.pipeline(transaction=False)
        for number in range(count):
            pipeline.publish("faults", number)
        pipeline.execute()
        listening.ping()
        found = []
        while (message := listening.get_message(timeout=5))["type"] != "pong":
            found.append(int(message["data"]))
        return found


def test_without_loss_every_message_comes_once_and_in_order(bus):
    assert heard(bus[1], 200) == list(range(200))


def test_lossy_drops_a_share_of_the_messages_and_no_other_reply(bus):
    proxy, client = bus
    proxy.lossy(drop=0.1)

    found = heard(client, 500)

    assert (found, len(found)) == (sorted(set(found)), 500 - proxy.lost)
    assert 20 <= proxy.lost <= 90
    assert client.ping()


def test_lossy_repeats_and_turns_round_but_loses_nothing(bus):
    proxy, client = bus
    proxy.lossy(duplicate=0.2, reorder=0.3)

    found = heard(client, 500)

    late = set(range(500)) - set(found)  # at most the very last, which waits for one that never comes
    assert late <= {499}
    assert len(found) == 500 - len(late) + proxy.repeated
    assert (proxy.turned > 50, found != sorted(found)) == (True, True)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_replies_are_cut_alike_whatever_pieces_they_come_in(size):
    replies = [b"+PONG\r\n", MESSAGE, b":1\r\n", b"$-1\r\n", b"*0\r\n", b">2\r\n+a\r\n%1\r\n+k\r\n$1\r\nv\r\n", MESSAGE]
    stream, splitter = b"".join(replies), Splitter()

    cut = [reply for at in range(0, len(stream), size) for reply in splitter.feed(stream[at : at + size])]

    assert cut == replies
    assert [is_message(reply) for reply in cut] == [False, True, False, False, False, False, True]


HEAD = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
HELLO, EVENT, LONG = b'{"t":"welcome"}', b'{"t":"ev","seq":1}', b'{"t":"st","d":"' + b"x" * 70_000 + b'"}'


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_frames_are_cut_alike_whatever_pieces_they_come_in(size):
    pong, joined = b"\x8a\x00", framed(HELLO + b"\n" + EVENT)
    stream, splitter = HEAD + joined + pong + framed(LONG), wsframes.Splitter()

    cut = [frame for at in range(0, len(stream), size) for frame in splitter.feed(stream[at : at + size])]

    assert cut == [HEAD, framed(HELLO), framed(EVENT), pong, framed(LONG)]
    assert [wsframes.is_message(frame) for frame in cut] == [False, False, True, False, True]


def framed(text):
    size = len(text)
    return (bytes([0x81, size]) if size < 126 else b"\x81\x7f" + size.to_bytes(8, "big")) + text
