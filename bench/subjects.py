"""Whom we measure: ourselves and the peers, each with how its sockets open and how an event is published to them."""

import asyncio
import contextlib
import dataclasses
import json
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import msgpack
import redis
from channels.layers import BaseChannelLayer
from django.conf import settings
from django.utils.module_loading import import_string

from bench import machine, tools, world
from bench.load import NO_STAMP, STAMP_BYTES, Client, stamp
from bench.peers import channels_app
from bench.servers import Servers, Web, listening
from project.up import plan
from realtime import bus, log, protocol

PAYLOAD_BYTES = 300
CHUNK = 100  # targeted events a round trip to Redis, where the peer's own API can
FIRST = 1_000_000_000  # events are numbered from here, with ten digits, so that every frame has the same length


class Subject(ABC):
    """A server that runs, and how to reach it. `count` sockets are open when events are published."""

    path = "/?u="  # the load client appends the index of the socket
    ready = "-"
    topic = "post:1"

    def __init__(self, web: Web) -> None:
        self.web = web

    def clients(self, count: int) -> list[Client]:
        """What the sockets say when they open."""
        return [Client()] * count

    @abstractmethod
    def burst(self, first: int, events: int) -> None:
        """Publish events to every socket, back to back."""

    def address(self, first: int, count: int) -> Callable[[], None]:
        """Make ready one event for each socket; what is returned publishes them as fast as it can."""
        raise NotImplementedError

    def state(self, number: int) -> str:
        """A state frame of PAYLOAD_BYTES, as a new comment makes, stamped now."""
        return state_frame(self.topic, number, PAYLOAD_BYTES)


def state_frame(topic: str, number: int, size: int) -> str:
    """A state frame of `size` bytes, as a new comment makes, stamped now."""
    data: dict[str, Any] = {"comment_count": 7, "added": [{"text": ""}], "removed": []}
    bare = protocol.state(topic, number, data)
    data["added"][0]["text"] = stamp(number) + "x" * (size - len(bare) - STAMP_BYTES)
    return protocol.state(topic, number, data)


def targeted(number: int, whom: int) -> str:
    """A frame for one person, about as long as our events, stamped now."""
    return '{"t":"to","k":"bench","d":{"text":"%s"}}' % (stamp(number, whom) + "x" * 200)


class Photophore(Subject):
    """Our own endpoint: real people sign in by bearer tokens and watch a post."""

    path = "/rt?u="
    ready = '"denied":{}'

    def __init__(self, web: Web, people: list[world.Person], post_id: int) -> None:
        super().__init__(web)
        self.people = people
        self.topic = f"post:{post_id}"

    def clients(self, count: int) -> list[Client]:
        hello = '{"t":"hello","topics":["%s"]}' % self.topic  # noqa: UP031 -- braces
        return [Client(person.token, hello) for person in self.people[:count]]

    def burst(self, first: int, events: int) -> None:
        bus.publish([bus.of_state(self.topic, self.state(number)) for number in range(first, first + events)])

    def address(self, first: int, count: int) -> Callable[[], None]:
        """Write the events into the people's logs as the drain does; what is returned is what follows its commit."""
        numbered = tell(self.people[:count], lambda _: NO_STAMP)
        marks = list(enumerate(numbered, first))

        def publish() -> None:
            for chunk in _chunks(marks):
                bus.publish([bus.of_event(_stamped(event, number, number - first)) for number, event in chunk])

        return publish


def tell(people: list[world.Person], text: Callable[[int], str]) -> list[log.Numbered]:
    """Append one durable event to each person's log; answer them in the order of the people."""
    told = [log.Told(person.id, "bench", {"text": text(at).ljust(200, "x")}) for at, person in enumerate(people)]
    numbered = [event for chunk in _chunks(told, 500) for event in log.append(chunk)]
    places = {person.id: at for at, person in enumerate(people)}
    return sorted(numbered, key=lambda event: places[event.user_id])


def _stamped(event: log.Numbered, number: int, whom: int) -> log.Numbered:
    return dataclasses.replace(event, frame=event.frame.replace(NO_STAMP, stamp(number, whom)))


def _chunks(items: list[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


class BusPeer(Subject):
    """A peer that listens to Redis channels of its own: one for all, one for each person."""

    ready = "ready"

    def __init__(self, web: Web) -> None:
        super().__init__(web)
        self._redis = redis.Redis.from_url(settings.REDIS_URL)

    def burst(self, first: int, events: int) -> None:
        self._publish([self.to_all(self.state(number)) for number in range(first, first + events)])

    def address(self, first: int, count: int) -> Callable[[], None]:

        def publish() -> None:
            for chunk in _chunks(list(range(count))):
                texts = [targeted(first + whom, whom) for whom in chunk]
                self._publish([self.to_one(whom, text) for whom, text in zip(chunk, texts, strict=True)])

        return publish

    def to_all(self, text: str) -> tuple[str, bytes]:
        return "bench:all", text.encode()

    def to_one(self, whom: int, text: str) -> tuple[str, bytes]:
        return f"bench:u:{whom}", text.encode()

    def _publish(self, messages: list[tuple[str, bytes]]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for channel, payload in messages:
            pipeline.publish(channel, payload)
        pipeline.execute()


class SocketIo(BusPeer):
    """Publishes byte for byte as the Redis emitter of Socket.IO does, but cheaper, from here."""

    path = "/socket.io/?EIO=4&transport=websocket&u="
    ready = "40{"

    def clients(self, count: int) -> list[Client]:
        return [Client(hello="40")] * count

    def state(self, number: int) -> str:
        return state_frame(self.topic, number, PAYLOAD_BYTES - len('42["m",]'))

    def to_all(self, text: str) -> tuple[str, bytes]:
        return self._to("all", text)

    def to_one(self, whom: int, text: str) -> tuple[str, bytes]:
        return self._to(f"u:{whom}", text)

    @staticmethod
    def _to(room: str, text: str) -> tuple[str, bytes]:
        packet = {"type": 2, "data": ["m", json.loads(text)], "nsp": "/"}
        message = ["emitter", packet, {"rooms": [room], "except": [], "flags": {}}]
        return f"socket.io#/#{room}#", msgpack.packb(message)


class Layered(Subject):
    """Plain Channels. A layer has no call for many messages: one after the other, as its users do."""

    def __init__(self, web: Web, layer: str, runner: asyncio.Runner) -> None:
        super().__init__(web)
        configuration = channels_app.layer(layer, settings.REDIS_URL)
        self._layer: BaseChannelLayer = import_string(configuration["BACKEND"])(**configuration["CONFIG"])
        self._runner = runner

    def burst(self, first: int, events: int) -> None:
        self._runner.run(self._send((channels_app.GROUP, self.state(first + at)) for at in range(events)))

    def address(self, first: int, count: int) -> Callable[[], None]:
        texts = ((channels_app.group_of(at), targeted(first + at, at)) for at in range(count))
        return lambda: self._runner.run(self._send(texts))

    async def _send(self, messages: Iterator[tuple[str, str]]) -> None:
        for group, text in messages:
            await self._layer.group_send(group, {"type": "post.state", "text": text})


class Floor(Subject):
    """Nothing but ready frames written to sockets, in C: what the kernel costs, and the load client's ceiling."""

    def __init__(self, web: Web, process: "subprocess.Popen[bytes]") -> None:
        super().__init__(web)
        self._process = process

    def burst(self, first: int, events: int) -> None:
        assert self._process.stdin
        self._process.stdin.write(b"burst %d %d %d\n" % (first, events, PAYLOAD_BYTES))
        self._process.stdin.flush()


@dataclasses.dataclass(slots=True)
class Stage:
    """What starts need: the services, and our people with the post that they watch."""

    servers: Servers
    people: list[world.Person]
    post_id: int

    @contextlib.contextmanager
    def start(self, name: str) -> Iterator[Subject]:
        """Start a subject on the server's core, and stop it with the context.

        Raises:
            tools.Missing: if it cannot be had here.
        """
        kind, _, rest = name.partition(" ")
        with STARTS[kind](self, rest) as subject:
            yield subject

    @contextlib.contextmanager
    def _photophore(self, how: str) -> Iterator[Subject]:
        with self.servers.photophore(worker=False, shared_frame=how != "by send") as web:
            yield Photophore(web, self.people, self.post_id)

    @contextlib.contextmanager
    def _channels(self, how: str) -> Iterator[Subject]:
        layer, server = how.split(" on ")
        where = ["uvicorn", "--fd", "{fd}", *plan.UVICORN]
        where[where.index("--ws") + 1] = "websockets-sansio"
        if server == "daphne":
            where = ["daphne", "--fd", "{fd}", "--verbosity", "1"]
        argv = [sys.executable, "-m", *where, "bench.peers.channels_app:application"]
        started = self.servers.peer(
            f"channels-{layer}", argv, ready_line=plan.LISTENS[server], env={"BENCH_LAYER": layer}
        )
        with started as web, asyncio.Runner() as runner:
            yield Layered(web, layer, runner)

    @contextlib.contextmanager
    def _node(self, name: str, kind: type[BusPeer]) -> Iterator[Subject]:
        folder = tools.node_peers()
        with self.servers.peer(name, ["node", f"{name}.js"], ready_line="ready", cwd=folder) as web:
            yield kind(web)

    @contextlib.contextmanager
    def _picows(self, _: str) -> Iterator[Subject]:
        env = {"PYTHONPATH": str(tools.python_peers())}
        argv = [sys.executable, str(tools.HERE / "peers" / "picows_app.py")]
        with self.servers.peer("picows", argv, ready_line="ready", env=env) as web:
            yield BusPeer(web)

    @contextlib.contextmanager
    def _floor(self, _: str) -> Iterator[Subject]:
        program = str(tools.compiled("sender", self.servers.folder))
        with listening() as listener:
            fd = listener.fileno()
            with machine.pinned(machine.SERVER_CORE):
                process = subprocess.Popen(
                    [program, str(fd)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=(fd,)
                )
            try:
                yield Floor(Web(listener.getsockname()[1], process.pid, None), process)
            finally:
                process.kill()
                process.wait()


Start = Callable[[Stage, str], contextlib.AbstractContextManager[Subject]]

STARTS: dict[str, Start] = {
    "photophore": Stage._photophore,
    "channels": Stage._channels,
    "ws": lambda stage, _: stage._node("ws", BusPeer),
    "socket.io": lambda stage, _: stage._node("socketio", SocketIo),
    "picows": Stage._picows,
    "floor": Stage._floor,
}
