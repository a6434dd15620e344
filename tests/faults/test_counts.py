"""Thousands of sockets through nginx over two nodes: all who count them say what the kernel says, when one dies too."""

import asyncio
import json
import ssl
import subprocess

import httpx
import pytest
from django.conf import settings
from websockets.asyncio.client import connect

from accounts.actions import make_token
from ops import console
from ops.nodes import Roll
from ops.readings import Course
from tests.ops.test_metrics import read
from tests.support.build import make_users
from tests.support.nginx import Nginx
from tests.support.stack import two_nodes
from tests.support.wait import until

SOCKETS_A_PERSON = 10  # as many as one may have
HANDSHAKES = 50  # at once
RIGHT_SECONDS = 5.0
SOCKETS = "photophore_sockets"


@pytest.fixture
def webs(transactional_db):
    with two_nodes("north", {}) as webs:
        yield webs


@pytest.fixture
def nginx(webs):
    ports = [web.port for web in webs]
    nginx = Nginx(ports, ports)
    nginx.start().wait()
    yield nginx
    nginx.kill()


@pytest.fixture
def crowd(nginx):
    """Open signed-in sockets, each up to its `ready`; they stay open for the test."""
    with asyncio.Runner() as runner:
        opened = []

        def crowd(count):
            people = make_users(*(f"p{n}" for n in range(count // SOCKETS_A_PERSON)))
            tokens = [make_token(user_id=person.id) for person in people] * SOCKETS_A_PERSON
            opened.extend(runner.run(_open(nginx, tokens)))

        yield crowd
        runner.run(_cut(opened))


async def _open(nginx, tokens):
    secure = ssl.create_default_context(cafile=nginx.certificate)
    few = asyncio.Semaphore(HANDSHAKES)

    async def one(token):
        async with few:
            options = {"compression": None, "ping_interval": None, "max_queue": None}
            bearer = {"Authorization": f"Bearer {token}"}
            socket = await connect(f"wss://localhost:{nginx.port}/rt", ssl=secure, additional_headers=bearer, **options)
            await socket.send(json.dumps({"t": "hello", "client": {"app": "crowd"}}))
            while '"t":"ready"' not in await socket.recv():
                pass
            return socket

    return await asyncio.gather(*map(one, tokens))


async def _cut(sockets):
    for socket in sockets:
        socket.transport.abort()
    await asyncio.sleep(0)


def counts(webs):
    """How many sockets each node has, as all say who count them, and the kernel; other tests may have nodes there."""
    registry = {node.node: node.sockets for node in Roll(settings.REDIS_URL).call()}
    kernel = {web.name: _established(web.port) for web in webs if web.alive}
    names = {web.name for web in webs}
    said = [registry, _scraped(webs[-1]), _shown()]
    return [kernel, *({node: count for node, count in one.items() if node in names} for one in said)]


def _scraped(web):
    samples = read(httpx.get(f"{web.url}/metrics").text)
    return {dict(labels)["node"]: int(value) for (name, *labels), value in samples.items() if name == SOCKETS}


def _shown():
    """What `/ops/` shows."""
    return {row.node: row.numbers["sockets"] for row in console.now(Course()).nodes}


def _established(port):
    argv = ["ss", "-Htn", "state", "established", f"( sport = :{port} )"]
    return len(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines())


@pytest.mark.slow
@pytest.mark.parametrize("sockets", [2000])
def test_all_count_the_same_sockets_and_a_killed_node_is_off_in_five_seconds(webs, crowd, sockets):
    crowd(sockets)
    until(lambda: all(sum(count.values()) == sockets for count in counts(webs)))
    kernel, *others = counts(webs)
    webs[0].kill()
    left = {"north-2": kernel["north-2"]}
    until(lambda: all(count == left for count in counts(webs)), seconds=RIGHT_SECONDS)

    assert others == [kernel] * len(others)
    assert kernel.keys() == {"north-1", "north-2"}
