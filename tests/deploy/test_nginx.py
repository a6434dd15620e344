"""The nginx configuration that operators copy, in front of two real processes, with a certificate made up for it."""

import re
import socket
import ssl

import httpx
import pytest
from django.conf import settings

from ops.nodes import Order, Roll
from project import bodylimit, server
from project.routing import WAITING
from tests.support.build import address_of, make_media, make_post, make_user
from tests.support.client import LiveClient
from tests.support.nginx import Nginx
from tests.support.stack import ROOT, free_port, two_nodes
from tests.support.wait import until

CONF = (ROOT / "deploy/nginx.conf").read_text()
IMPATIENT = {"client_header_timeout 10s": "client_header_timeout 1s"}


@pytest.fixture
def webs(transactional_db):
    with two_nodes("behind", {"PHOTOPHORE_MEDIA_LOCATION": "/_media/"}) as webs:
        yield webs


@pytest.fixture
def nginx(webs):
    ports = [web.port for web in webs]
    nginx = Nginx(ports, ports).start().wait()
    yield nginx
    nginx.kill()


@pytest.fixture
def front():
    """An nginx with nobody behind it."""
    front = Nginx([free_port()], [free_port()], IMPATIENT).start().wait()
    yield front
    front.kill()


@pytest.fixture
def port(nginx):
    return nginx.plain


def nodes_of(port, count):
    """On which processes so many sockets come out."""
    clients = [LiveClient(f"ws://127.0.0.1:{port}/rt") for _ in range(count)]
    nodes = {client.hello()["node"] for client in clients}
    for client in clients:
        client.close()
    return nodes


def test_nginx_sends_photos_that_the_application_has_allowed_and_no_others(port):
    ana = make_user()
    public, narrow = (
        make_media(ana, post=make_post(ana, photos=0, visibility=visibility), files=True)
        for visibility in ("public", "followers")
    )
    origin = f"http://127.0.0.1:{port}"

    sent = httpx.get(origin + address_of(public))
    proven = httpx.get(origin + address_of(narrow, proven_for=ana), headers={"Range": "bytes=0-3"})

    assert (sent.content, proven.status_code, proven.content) == (b"RIFF 96", 206, b"RIFF")
    assert [sent.headers[name] for name in ("Content-Type", "ETag", "X-Content-Type-Options")] == [
        "image/webp",
        '"96"',
        "nosniff",
    ]
    assert [answer.headers["Cache-Control"].split(",")[0] for answer in (sent, proven)] == ["public", "private"]
    assert ("Last-Modified" in sent.headers, "Cookie" in sent.headers["Vary"]) == (False, True)
    paths = (address_of(narrow), f"/_media/{public.folder}/96.webp", f"/_media/../media/{public.folder}/96.webp")
    assert [httpx.get(origin + path).status_code for path in paths] == [404] * 3


def test_nginx_sends_ranges_of_videos(port):
    media = make_media(make_user(), videos=(96,), files=True, post=make_post(make_user("ben"), photos=0))

    answer = httpx.get(f"http://127.0.0.1:{port}/media/{media.folder}/96.mp4", headers={"Range": "bytes=0-2"})

    assert (answer.status_code, answer.content) == (206, b"mp4")
    assert (answer.headers["Content-Range"], answer.headers["Content-Type"]) == ("bytes 0-2/6", "video/mp4")


def test_sockets_go_round_a_process_that_drains(port):
    assert nodes_of(port, 8) == {"behind-1", "behind-2"}

    roll = Roll(settings.REDIS_URL)
    roll.tell([node for node in roll.call() if node.node == "behind-1"], Order("drain", 0))
    until(lambda: "drained" in {node.state for node in roll.call()})

    assert nodes_of(port, 8) == {"behind-2"}
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200


def test_nginx_finds_no_fault_in_its_configuration():
    tested = Nginx([free_port()], [free_port()]).test()

    assert (tested.returncode, re.findall(r"\[(?:warn|emerg|error)\].*", tested.stderr)) == (0, [])


def test_nginx_speaks_http_2(front):
    assert [spoken(front, version) for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)] == [
        ("TLSv1.2", "h2"),
        ("TLSv1.3", "h2"),
    ]


def spoken(nginx, version):
    """What a client that knows one version of TLS, and HTTP/2, comes to speak."""
    context = ssl.create_default_context(cafile=nginx.certificate)
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", nginx.port)) as line,
        context.wrap_socket(line, server_hostname="localhost") as secure,
    ):
        return secure.version(), secure.selected_alpn_protocol()


def test_nginx_hangs_up_on_a_header_that_does_not_come(front):
    with socket.create_connection(("127.0.0.1", front.plain), timeout=5) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")

        with pytest.raises(ConnectionResetError):
            slow.recv(1)


def test_nginx_slows_down_an_address_that_tries_passwords_and_none_that_is_known(front):
    assert [
        asked(front, "/accounts/login/", times=30, source=address)[-1] for address in ("127.0.0.2", "127.0.0.1")
    ] == [
        httpx.codes.TOO_MANY_REQUESTS,
        httpx.codes.BAD_GATEWAY,  # nobody is behind this one
    ]


def asked(nginx, path, *, times, source):
    """The statuses that a client at an address gets."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address=source)) as client:
        return [client.get(f"http://127.0.0.1:{nginx.plain}{path}").status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("method", "path"),
    [*sorted(bodylimit.VIDEO_UPLOADS | bodylimit.UPLOADS), ("POST", "/settings/avatar/"), ("PUT", "/api/v1/me")],
)
def test_nginx_lets_bodies_pass_as_far_as_the_application_does(method, path):
    allowed = bodylimit._allowed({"method": method, "path": path})

    assert allowed <= body_limit(path) < allowed + bodylimit.MEBIBYTE


def body_limit(path):
    """The bytes of a body that nginx lets pass on a path."""
    found = re.findall(r"location ~ (\S+) \{\s+client_max_body_size (\d+)m", CONF)
    default = re.search(r"^    client_max_body_size (\d+)m", CONF, re.MULTILINE)[1]
    return int(next((limit for pattern, limit in found if re.search(pattern, path)), default)) * bodylimit.MEBIBYTE


def test_nginx_hangs_up_before_those_whom_it_asks_do():
    gunicorn = int(re.search(r"^keepalive = (\d+)", (ROOT / "project/gunicorn_conf.py").read_text(), re.MULTILINE)[1])
    kept = int(re.search(r"^    keepalive_timeout (\d+)s", CONF, re.MULTILINE)[1])

    assert kept < min(gunicorn, server.config().timeout_keep_alive)


def test_nginx_sends_what_may_wait_to_the_socket_tier():
    paths = {"/rt", *WAITING}

    assert {path for path in [*paths, "/", "/api/v1/feed", "/healthz"] if tier(path) == "photophore_live"} == paths


def tier(path):
    """The upstream that nginx asks for a path."""
    exact = dict(re.findall(r"location = (\S+) \{\s+proxy_pass http://(\w+)", CONF))
    patterns = re.findall(r"location ~ (\S+) \{.*?proxy_pass http://(\w+)", CONF, re.DOTALL)
    found = (upstream for pattern, upstream in patterns if re.search(pattern, path))
    return exact.get(path) or next(found, "photophore")
