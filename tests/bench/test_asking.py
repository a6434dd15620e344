"""The client that keeps the time: what it counts as a success, and that it asks what it was given."""

import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.asking import Ask, Asking

pytestmark = pytest.mark.skipif(not (shutil.which("wrk") and shutil.which("cc")), reason="needs wrk and a C compiler")

ASKS = [
    Ask("GET", "/one"),
    Ask("PUT", "/two", (("Authorization", "Bearer x"),)),
    Ask("POST", "/three", (("Content-Type", "application/json"),), '{"text":"é"}'),
]


class Server(ThreadingHTTPServer):
    """Answers anything with 200 but what it is told to fail, and notes what it is asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.statuses = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.asked.append((self.command, self.path, self.headers.get("Authorization"), body))
        self.send_response(self.server.statuses.get(self.path, 200))
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    do_GET = do_PUT = do_POST = answer

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def asking(tmp_path):
    return Asking(tmp_path)


def test_each_request_is_asked_once(asking, server):
    found = asking.once(server.server_port, asking.file("some", ASKS))

    assert (found["asked"], found["bad"]) == (3, 0)
    assert sorted(server.asked) == [
        ("GET", "/one", None, ""),
        ("POST", "/three", None, '{"text":"é"}'),
        ("PUT", "/two", "Bearer x", ""),
    ]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_is_no_success_is_counted(asking, server, status):
    server.statuses["/two"] = status

    found = asking.once(server.server_port, asking.file("some", ASKS))

    assert (found["bad"], found["first_bad"].split()[:2]) == (1, ["HTTP/1.1", str(status)])


def test_so_many_a_second_are_asked_in_turn(asking, server):
    found = asking.pace(server.server_port, asking.file("some", ASKS), 100, 0.3)

    assert (found["asked"], found["bad"]) == (30, 0)
    assert sorted(path for _, path, _, _ in server.asked) == ["/one"] * 10 + ["/three"] * 10 + ["/two"] * 10


def test_wrk_asks_them_over_again_and_counts_failures(asking, server):
    server.statuses["/two"] = 500

    found = asking.saturate(server.server_port, asking.file("some", ASKS), 1)

    assert {path for _, path, _, _ in server.asked} == {"/one", "/two", "/three"}
    assert 0 < found["failed"] < found["requests"]
