"""The limit: raw picows behind Redis pub/sub, with nothing between the bus and the socket's `send`. Not a framework."""

import asyncio
import os
import socket
from urllib.parse import parse_qs, urlsplit

import hiredis
import uvloop
from picows import WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

everybody: set[WSTransport] = set()
people: dict[bytes, WSTransport] = {}


class Bus(asyncio.Protocol):
    """A Redis subscription, read by hiredis."""

    def __init__(self) -> None:
        self._reader = hiredis.Reader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def say(self, *words: str) -> None:
        self._transport.write(hiredis.pack_command(words))

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            if not isinstance(reply, list):  # the answer to AUTH
                continue
            kind, channel, payload = reply
            if kind == b"message":
                self._show(channel, payload)
            elif channel.startswith(b"bench:u:"):
                people[channel].send(WSMsgType.TEXT, b"ready")

    @staticmethod
    def _show(channel: bytes, payload: bytes) -> None:
        if channel == b"bench:all":
            for transport in everybody:
                transport.send(WSMsgType.TEXT, payload)
        elif channel in people:
            people[channel].send(WSMsgType.TEXT, payload)


class Watcher(WSListener):
    """A socket that gets what is for all, and what is for it."""

    def __init__(self, bus: Bus, whom: str) -> None:
        super().__init__()
        self._bus = bus
        self._channel = f"bench:u:{whom}"

    def on_ws_connected(self, transport: WSTransport) -> None:
        everybody.add(transport)
        people[self._channel.encode()] = transport
        self._bus.say("SUBSCRIBE", self._channel)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        everybody.discard(transport)


async def main() -> None:
    address = urlsplit(os.environ["REDIS_URL"])
    _, bus = await asyncio.get_running_loop().create_connection(Bus, address.hostname, address.port)
    if address.password:
        bus.say("AUTH", address.username or "default", address.password)
    bus.say("SUBSCRIBE", "bench:all")

    def listener(request: WSUpgradeRequest) -> Watcher:
        return Watcher(bus, parse_qs(urlsplit(request.path.decode()).query)["u"][0])

    listening = socket.socket(fileno=int(os.environ["LISTEN_FD"]))
    server = await ws_create_server(listener, sock=listening, backlog=2048, enable_auto_ping=False)
    print("ready", flush=True)
    await server.serve_forever()


uvloop.run(main())
