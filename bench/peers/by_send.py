"""Ourselves without the shared frame: the same server with uvicorn's own protocol, so that all goes through `send`."""

import sys

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from project import server

server.ReadyFrames = WebSocketsSansIOProtocol  # type: ignore[assignment,misc]  # it lacks but what is left out here
server.main(sys.argv[1:])
