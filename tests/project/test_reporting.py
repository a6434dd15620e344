"""What Sentry is sent, by a server that takes it: the error, and nobody's name."""

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.support.stack import ROOT

BREAK = """
import django, logging
django.setup()
from core.tracking import on_behalf_of
secret = "ana@example.org"
with on_behalf_of("abcd-1234"):
    try:
        raise ValueError("duplicate key\\nDETAIL: Key (email)=(ana@example.org)")
    except ValueError:
        logging.getLogger("core").exception("not saved for %s", secret)
import sys
sentry_sdk = sys.modules.get("sentry_sdk")
sentry_sdk and sentry_sdk.flush(5)
"""


@pytest.fixture
def sentry():
    """A server that keeps what it is sent, at `dsn`."""
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://key@127.0.0.1:{server.server_port}/1", taken
    server.shutdown()
    server.server_close()


def run(program, dsn):
    named = {"DJANGO_SETTINGS_MODULE": "project.settings", "SENTRY_DSN": dsn, "PHOTOPHORE_NODE": "web-7"}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env=os.environ | named, capture_output=True, text=True, check=True)


def test_an_error_is_sent_with_its_request_and_node_and_names_nobody(sentry):
    dsn, taken = sentry

    run(BREAK, dsn)

    (envelope,) = taken
    event = json.loads(envelope.splitlines()[-1])
    exception = event["exception"]["values"][-1]
    assert (exception["type"], exception["value"], event["message"]) == (
        "ValueError",
        "duplicate key",
        "not saved for %s",
    )
    assert (event["server_name"], event["tags"]["request"]) == ("web-7", "abcd-1234")
    assert [b"ana@example" in line for line in envelope.splitlines()[:-1]] == [False, False]
    assert "user" not in event


def test_nothing_is_sent_where_nobody_says_where(sentry):
    run(BREAK, "")

    assert sentry[1] == []


def test_without_its_package_it_says_what_to_install(sentry):
    missing = "import sys; sys.modules['sentry_sdk'] = None\n" + BREAK

    assert "install it with `pip install sentry-sdk`" in run(missing, sentry[0]).stderr
