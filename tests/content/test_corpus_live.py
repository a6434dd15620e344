"""The upload corpus through the real web process and worker, and bodies that lie about themselves or never end."""

import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from accounts.actions import make_token
from content.models import UNFINISHED, Media
from project.uvicorn_http import BODY_SECONDS
from tests.support import photos
from tests.support.build import make_user
from tests.support.corpus import CORPUS, READY
from tests.support.wait import until

MOST_KB = 512 * 1024
FORM = "Content-Type: multipart/form-data; boundary=edge"


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def connect(stack, ana):
    """Begin an upload byte by byte: its head, and as much of its body as is given."""
    token = make_token(user_id=ana.id)

    def connect(*headers, body=b""):
        head = ("POST /api/v1/media HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}", *headers, "", "")
        connection = socket.create_connection(("127.0.0.1", stack.port), timeout=30)
        connection.sendall("\r\n".join(head).encode() + body)
        return connection

    return connect


def answers(connection):
    """All that comes until the server closes: the status of each answer."""
    with connection:
        told = b""
        while more := _received(connection):
            told += more
    return [int(part.split()[0]) for part in told.split(b"HTTP/1.1 ")[1:]]


def _received(connection):
    try:
        return connection.recv(65_536)
    except ConnectionResetError:  # it closed while we still sent
        return b""


def memory_kb(pid):
    """The most that a process and its children have held."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = [Path(f"/proc/{one}/status").read_text() for one in (pid, *children)]
    return max(int(one.partition("VmHWM:")[2].split()[0]) for one in status)


def test_the_corpus_is_worked_through_by_one_worker_that_stays_small(stack, api, ana):
    client, ends = api(ana), {}
    before = stack.media.pid

    for name, (make, _) in CORPUS.items():
        answer = client.post("/media", files={"file": ("holiday.jpg", make(), "image/jpeg")})
        ends[name] = answer.json().get("id") or answer.json()["errors"][0]["detail"]
    until(lambda: not Media.objects.filter(state__in=UNFINISHED).exists(), seconds=60)

    finished = {str(media.id): media.reason or READY for media in Media.objects.all()}
    assert {name: finished.get(end, end) for name, end in ends.items()} == {
        name: end for name, (_, end) in CORPUS.items()
    }
    assert (stack.media.pid, stack.media.alive) == (before, True)
    assert max(memory_kb(stack.media.pid), memory_kb(stack.web.pid)) < MOST_KB


def test_a_body_longer_than_it_says_is_not_taken_for_an_upload(stack, connect):
    body = photos.jpeg()

    statuses = answers(connect("Content-Type: image/jpeg", "Content-Length: 10", body=body))

    assert {status // 100 for status in statuses} == {4}
    assert Media.objects.count() == 0


def test_a_body_without_length_is_cut_at_the_limit(stack, connect):
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    connection = connect(FORM, "Transfer-Encoding: chunked")
    with suppress(OSError):  # it has closed
        for _ in range(101 * 16):
            connection.sendall(piece)

    assert answers(connection) == [413]


def test_bodies_that_never_end_hold_up_nobody(stack, connect, api, ana):
    client = api(ana)
    with ExitStack() as slow:
        for _ in range(50):
            slow.enter_context(connect(FORM, "Content-Length: 5000", body=b"-"))
        began = time.monotonic()
        answer = client.post("/media", files={"file": ("cat.jpg", photos.jpeg(), "image/jpeg")})

    assert answer.status_code == 202
    assert time.monotonic() - began < BODY_SECONDS  # in which they are given up
