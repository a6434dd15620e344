"""The nginx configuration that operators copy, in front of two real processes. Skipped where there is no nginx."""

import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from project import static
from project.nodes import Order, Roll
from tests.support.build import address_of, make_media, make_post, make_user
from tests.support.client import LiveClient
from tests.support.stack import ROOT, Web, free_port
from tests.support.wait import until

pytestmark = pytest.mark.skipif(shutil.which("nginx") is None, reason="needs nginx")

AROUND = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
{site}
}}
"""


def site(port, ports):
    """The file as it stands, without TLS and on our ports."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    text = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = re.sub(r"\n *ssl_certificate.*", "", text).replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    text = text.replace("/srv/photophore/data/media/", f"{settings.MEDIA_ROOT}/")
    for ours, theirs in zip(ports, ("8001", "8002"), strict=True):
        text = text.replace(f"127.0.0.1:{theirs}", f"127.0.0.1:{ours}")
    return text


@pytest.fixture
def webs(transactional_db):
    static.collect()
    env = {"FORWARDED_ALLOW_IPS": "127.0.0.1", "PHOTOPHORE_MEDIA_LOCATION": "/_media/"}
    webs = [Web(f"behind-{n}", free_port(), env=env) for n in (1, 2)]
    for web in webs:
        web.start()
    for web in webs:
        web.wait()
    yield webs
    for web in webs:
        web.kill()


@pytest.fixture
def port(webs, tmp_path):
    port = free_port()
    conf = Path(tmp_path / "nginx.conf")
    conf.write_text(AROUND.format(folder=tmp_path, site=site(port, [web.port for web in webs])))
    running = subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", str(conf)], stderr=subprocess.DEVNULL)

    def answers():
        try:
            return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    until(answers)
    yield port
    running.terminate()
    running.wait(timeout=10)


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
