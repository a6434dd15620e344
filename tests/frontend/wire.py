"""A websocket server that says what a test tells it to, in the words of `rt.v1`."""

import json
import queue
import threading
import time
from typing import Any

from websockets.sync.server import ServerConnection, serve

from tests.frontend.site import on_free_port

SOON_SECONDS = 20.0
EPOCH = "k"


class Line:
    """One connection of a page."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection

    def take(self, kind: str) -> dict[str, Any]:
        """The next frame of the page that is of this kind; others are passed over."""
        while True:
            message = json.loads(self._connection.recv(timeout=SOON_SECONDS))
            if message["t"] == kind:
                return message

    def tell(self, *messages: dict[str, Any]) -> None:
        """Send messages in one frame, joined as the server may."""
        self._connection.send("\n".join(json.dumps(message) for message in messages))

    def tell_text(self, text: str) -> None:
        self._connection.send(text)

    def welcome(self, *, user: str = "42", head: int = 10, **fields: Any) -> dict[str, Any]:
        """Let the page in and make it live; answer its `hello`."""
        hello = self.take("hello")
        person = {"id": user, "username": "ana"} if user else None
        hb = {"every": 25_000, "within": 10_000}
        welcome = {"t": "welcome", "hb": hb, "user": person, "epoch": EPOCH, "head": head, "resume": "replaying"}
        self.tell(welcome | fields, {"t": "ready", "seq": head})
        return hello

    def close(self, code: int) -> None:
        self._connection.close(code)


class Wire:
    """The server; `accept` gives the next page that connected."""

    def __init__(self) -> None:
        self._lines: queue.Queue[Line] = queue.Queue()
        self._test = 0
        self._server = on_free_port(lambda port: serve(self._hold, "127.0.0.1", port, ping_interval=None))
        self.host = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def accept(self, within_seconds: float = SOON_SECONDS) -> Line:
        """Raises queue.Empty if no page connects in time."""
        return self._lines.get(timeout=within_seconds)

    @property
    def url(self) -> str:
        """Another one for each test: a page that a test left behind must not answer in the next."""
        return f"{self.host}/{self._test}"

    def reset(self) -> None:
        self._test += 1
        while not self._lines.empty():
            self._lines.get_nowait()

    def close(self) -> None:
        self._server.shutdown()

    def _hold(self, connection: ServerConnection) -> None:
        if connection.request is None or connection.request.path != f"/{self._test}":
            return
        self._lines.put(Line(connection))
        while connection.close_code is None:
            time.sleep(0.02)


def event(seq: int, kind: str = "notification", **d: Any) -> dict[str, Any]:
    return {"t": "ev", "seq": seq, "id": f"42.{seq}", "k": kind, "at": "2026-01-01T00:00:00Z", "d": d}
