"""The socket's edge: whatever ends it, the hub is told before its server may give its line to another."""

import pytest

from realtime.consumer import LiveConsumer
from realtime.hub import Hub
from realtime.socket import Socket
from realtime.topics import Domain
from tests.realtime.test_socket import Server


async def test_a_consumer_that_breaks_has_left_the_hub(django_db_setup, monkeypatch):
    hub = Hub(Domain({}, dict))
    monkeypatch.setattr("realtime.hub.current", lambda: hub)
    consumer = LiveConsumer()
    server = Server()
    consumer.socket = Socket(server.outlet(ready=True), None, on_gone=server.ended.append)
    hub.sockets.add(consumer.socket)

    async def receive():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await consumer({"type": "websocket"}, receive, server.send)

    assert hub.sockets == set()
