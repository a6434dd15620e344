"""What people reach: web processes, a socket through the public address, mail."""

from collections.abc import Iterator

from django.conf import settings
from django.core import mail
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from ops.leaving import State
from ops.nodes import Roll
from project.doctor.findings import Finding, fail, ok, warn

HANDSHAKE_SECONDS = 5.0
START = "Start one: python -m project.server, or manage.py up."


def web() -> Iterator[Finding]:
    """Who serves, and whether live updates reach them."""
    nodes = Roll(settings.REDIS_URL).call()
    serving = [node for node in nodes if node.state is State.SERVING]
    broken = {node.broken for node in serving if node.broken}
    if not serving:
        yield fail("web", f"No process serves, of {len(nodes)}.", START)
    elif broken:
        yield fail("web", f"Live updates stop at {', '.join(sorted(broken))}.", "Mend what is named, see above.")
    else:
        sockets = sum(node.sockets for node in nodes)
        yield ok("web", f"{len(serving)} of {len(nodes)} processes serve, {sockets} sockets")


def public_socket() -> Iterator[Finding]:
    """A socket as a browser opens one, through whatever stands in front."""
    if not settings.ORIGINS:
        yield warn("socket", "Not tried, for the site's address is not known.", "Set PHOTOPHORE_ORIGIN.")
        return
    origin = settings.ORIGINS[0]
    url = f"ws{origin.removeprefix('http')}/rt"
    try:
        with connect(url, origin=Origin(origin), open_timeout=HANDSHAKE_SECONDS, close_timeout=1) as socket:
            socket.send('{"t":"hello","client":{"app":"doctor"}}')
            first = str(socket.recv(timeout=HANDSHAKE_SECONDS))
    except (OSError, WebSocketException) as error:
        cure = "Let the proxy pass /rt with Upgrade and Connection, and the name resolve here, see deploy/nginx.conf."
        yield fail("socket", f"{url}: {error}", cure)
        return
    if '"t":"welcome"' in first:
        yield ok("socket", f"{url} says welcome")
    else:
        yield fail("socket", f"{url} says something else: {first[:80]}", "Is another program behind that address?")


def letters() -> Iterator[Finding]:
    """Whether mail leaves: a reset of a password is a mail."""
    if settings.EMAIL_BACKEND.endswith(".filebased.EmailBackend"):
        yield warn("mail", "Mail stays in files of the data folder.", "Set EMAIL_URL=smtp://user:password@host:587.")
        return
    with mail.get_connection():
        yield ok("mail", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} lets us in")


CHECKS = (
    ("web", web, START),
    ("socket", public_socket, "See deploy/nginx.conf."),
    ("mail", letters, "Correct EMAIL_URL."),
)
