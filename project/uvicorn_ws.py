"""uvicorn's websocket protocol plus one thing: a frame that is ready for the wire is written as it is. Knows no rt.v1.

ASGI lets an application send a text, which the server frames anew for each socket. For one text to thousands that is
a third of the cost of a delivery, so this offers, beside `send`, `scope["extensions"]["photophore.frame"]`:
`write(bytes)` for whole frames, and `abort()`. Give it to uvicorn as `--ws project.uvicorn_ws:ReadyFrames`.
"""

import logging
from asyncio import BaseTransport
from collections.abc import Callable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "photophore.frame"

# Two lines at INFO for every socket were 8 % of the cost of a connect, and said what nobody reads. Not a child of
# uvicorn's logger: its configuration would set the level back.
_quiet = logging.getLogger(__name__)
_quiet.setLevel(logging.WARNING)
# uvicorn takes an answer of 503 in the place of a handshake for an oversight, and says so at ERROR.
_quiet.addFilter(lambda record: record.msg != "ASGI callable returned without completing handshake.")


class ReadyFrames(WebSocketsSansIOProtocol):
    """One connection. Frames go out in the order of the calls, whether by `send` or by `write`."""

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.logger = self.conn.logger = _quiet

    def handle_connect(self, event: Request) -> None:
        """Offer the extension to the application, which starts when this returns."""
        super().handle_connect(event)
        if not self.close_sent:  # else the handshake was no handshake, and there is no application
            self.scope["extensions"][EXTENSION] = {"write": self._make_write(), "abort": self.transport.abort}

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if scope := getattr(self, "scope", None):
            scope["extensions"].pop(EXTENSION, None)  # it holds us, and we it: a cycle for each socket that was

    def _make_write(self) -> Callable[[bytes], bool]:
        # Called for every delivery: as few attributes and calls as the answer allows.
        transport_write, is_closing, is_writable = self.transport.write, self.transport.is_closing, self.writable.is_set

        def write(frames: bytes) -> bool:
            """Hand whole frames to the transport; False, and nothing is written, where that cannot be done now.

            That is before the handshake is complete, once a close frame was sent or received, and while the client
            does not read. `send` waits, or raises, in the same places.
            """
            if not self.handshake_complete or self.close_sent or not is_writable() or is_closing():
                return False
            transport_write(frames)
            return True

        return write
