"""A small web site for one test: the real static files, pages of the test's own, and scripted answers of the API."""

import json
import random
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

FRONTEND = Path(__file__).parents[2] / "frontend"
TYPES = {".js": "text/javascript", ".css": "text/css"}
PORTS = range(20_000, 30_000)
TRIES = 50

Server = TypeVar("Server")


def on_free_port(make: Callable[[int], Server]) -> Server:
    """Make a server on some free port of ours; two test runs at once must not meet."""
    for _ in range(TRIES):
        try:
            return make(random.choice(PORTS))
        except OSError:
            continue
    raise OSError("no free port")


@dataclass
class Asked:
    """One request to the API."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Site:
    """Pages by path, and what `answers` gives for "METHOD path": (status, JSON), once each; the last one stays."""

    pages: dict[str, str] = field(default_factory=dict)
    scripts: dict[str, bytes] = field(default_factory=dict)  # that are no static files
    answers: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    policy: str = ""

    def __post_init__(self) -> None:
        self.gate.set()
        self._server = on_free_port(lambda port: _Server(("127.0.0.1", port), _handler(self)))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def answer(self, request: str, *answers: tuple[int, Any]) -> None:
        self.answers[request] = list(answers)

    def reset(self) -> None:
        self.pages.clear()
        self.scripts.clear()
        self.answers.clear()
        self.asked.clear()
        self.gate.set()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reply(self, asked: Asked) -> tuple[int, Any]:
        """Wait for the gate, then take the next scripted answer."""
        self.asked.append(asked)
        self.gate.wait(10)
        answers = self.answers.get(f"{asked.method} {asked.path}", [(404, {"title": "Not scripted"})])
        return answers.pop(0) if len(answers) > 1 else answers[0]


def static_file(path: str) -> Path:
    """The file behind an address, as settings.STATICFILES_DIRS maps them; perhaps there is none."""
    name = path.removeprefix("/static/")
    return FRONTEND / name if name.startswith("sdk/") else FRONTEND / "static" / name


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # the browser keeps its connections open

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of what is wrong with an answer; a browser that has left before it came is no such thing."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            file = static_file(path)
            if self.path.startswith("/api/"):
                self._api()
            elif path in site.scripts:
                self._send(200, TYPES[".js"], site.scripts[path])
            elif path.startswith("/static/") and file.is_file():
                self._send(200, TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes())
            else:
                page = site.pages.get(self.path)
                self._send(200 if page is not None else 404, "text/html", (page or "").encode())

        def _api(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told = json.loads(body) if "json" in self.headers.get("Content-Type", "") else body or None
            status, answer = site.reply(Asked(self.command, self.path, dict(self.headers), told))
            self._send(status, "application/json", json.dumps(answer).encode())

        do_POST = do_PUT = do_DELETE = do_PATCH = _api

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "max-age=600" if kind in TYPES.values() else "no-store")
            self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
