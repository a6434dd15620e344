"""Two gigabytes are sent: refused before they are stored, cut where they pass the limit, or taken in little memory."""

import socket
import struct

import pytest

from content.models import Media
from project.bodylimit import MEBIBYTE
from tests.support import videos
from tests.support.wait import until

SIZE = 2 * 1024 * MEBIBYTE
MOST_GROWTH = 64 * MEBIBYTE
PIECE = b"x" * MEBIBYTE
FORM = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
TAIL = b"\r\n--edge--\r\n"
ANSWER_SECONDS = 120


@pytest.fixture
def upload(token):
    """Begin an upload byte by byte."""

    def upload(web, *headers):
        connection = socket.create_connection(("127.0.0.1", web.port), timeout=ANSWER_SECONDS)
        form = "Content-Type: multipart/form-data; boundary=edge"
        head = ("POST /api/v1/media HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}", form, *headers)
        connection.sendall("\r\n".join((*head, "", "")).encode())
        return connection

    return upload


@pytest.fixture(params=["ours", "django"])
def roomy(request, serve):
    """A process that takes videos of that size, under either handler."""
    return serve(PHOTOPHORE_VIDEO_MB=str(SIZE // MEBIBYTE + 1), PHOTOPHORE_HANDLER=request.param)


def status_of(connection):
    with connection:
        answer = connection.recv(65_536)
    return int(answer.split()[1])


def send(connection, pieces):
    """Send until it is sent, or the other side has closed; answer how much that was."""
    sent = 0
    try:
        for piece in pieces:
            connection.sendall(piece)
            sent += len(piece)
    except OSError:
        pass
    return sent


def test_two_gigabytes_that_say_so_are_refused_before_one_byte_of_them(serve, upload):
    web = serve()

    assert status_of(upload(web, f"Content-Length: {SIZE}")) == 413


def test_two_gigabytes_without_a_length_are_cut_at_the_limit(serve, upload):
    web = serve()
    before = web.held()
    web.forget_most()
    connection = upload(web, "Transfer-Encoding: chunked")

    sent = send(connection, (b"100000\r\n" + PIECE + b"\r\n" for _ in range(SIZE // MEBIBYTE)))
    status = status_of(connection)
    until(lambda: web.held()["connections"] == 1)

    assert (status, sent < 120 * MEBIBYTE) == (413, True)
    assert web.most_rss_bytes() - before["rss"] < MOST_GROWTH


@pytest.mark.parametrize(("kind", "status", "kept"), [("film", 202, 1), ("junk", 413, 0)])
def test_two_gigabytes_that_are_allowed_take_little_memory(roomy, upload, say, kind, status, kept):
    pieces = [FORM, *(film() if kind == "film" else filling(SIZE)), TAIL]
    length = sum(map(len, pieces))
    before = roomy.held()
    roomy.forget_most()

    connection = upload(roomy, f"Content-Length: {length}")
    sent = send(connection, pieces)
    answered = status_of(connection)
    growth = roomy.most_rss_bytes() - before["rss"]

    say(f"2 GiB of {kind}: {answered}, and {growth / MEBIBYTE:.0f} MiB more in memory")
    assert (sent, answered, Media.objects.count()) == (length, status, kept)
    assert growth < MOST_GROWTH


def film():
    """A short one, with a box behind it that players pass over."""
    shown = videos.film()
    rest = SIZE - len(shown)
    return [shown, struct.pack(">I4sQ", 1, b"free", rest), *filling(rest - 16)]


def filling(size):
    return [*([PIECE] * (size // MEBIBYTE)), PIECE[: size % MEBIBYTE]]
