"""nginx of Debian's with deploy/nginx.conf as it stands, but for names, ports, paths and the certificate."""

import re
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings

from project.up import ports
from tests.support import debian, services, tls
from tests.support.stack import ROOT, Process

MAIN = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_shutdown_timeout 60s;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    default_type application/octet-stream;
    types {{ text/css css; text/javascript js mjs; image/svg+xml svg; image/webp webp; image/png png; }}
    log_format plain '$status $request_method $uri $upstream_addr $request_time $time_iso8601';
    access_log {folder}/access.log plain;
    {temporary}
    include {folder}/site.conf;
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Nginx(Process):
    """One nginx in front of `pages` (ports of HTTP processes) and `sockets` (ports of socket processes).

    It answers with TLS on `port`, and without on `plain`. `changed` has words of the file, and others in their place.
    """

    def __init__(self, pages, sockets, changed=None):
        self.folder = Path(tempfile.mkdtemp(prefix="nginx-", dir=services.running().folder))
        self.folder.chmod(0o755)
        self.plain, self.port = ports.choose(), ports.choose()
        self.origin = f"https://localhost:{self.port}"
        self.certificate, self._key = tls.certificate(self.folder, "localhost")
        root = debian.root("nginx", "usr/sbin/nginx")
        temporary = "\n    ".join(f"{name}_temp_path {self.folder}/{name};" for name in TEMPORARY)
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder, temporary=temporary))
        (self.folder / "site.conf").write_text(self._site(pages, sockets, changed or {}))
        super().__init__("nginx", "-c", "nginx never runs Python", ready=Nginx._listens)
        self.argv = [str(root / "usr/sbin/nginx"), "-c", str(self.folder / "nginx.conf"), "-e", "stderr"]

    def test(self):
        """What `nginx -t` says of it."""
        return subprocess.run([*self.argv, "-t"], capture_output=True, text=True, check=False)

    @property
    def errors(self):
        """The answers of 5xx that anybody got, as the access log has them."""
        return self._answers("5")

    @property
    def given_up(self):
        """The requests whose client did not wait for the answer."""
        return self._answers("499")

    def _answers(self, status):
        lines = (self.folder / "access.log").read_text().splitlines()
        return [line for line in lines if line.startswith(status)]

    def _site(self, pages, sockets, changed):
        site = (ROOT / "deploy" / "nginx.conf").read_text()
        for name, ports_ in (("photophore", pages), ("photophore_live", sockets)):
            site = _upstream(site, name, ports_)
        for old, new in {
            "photos.example;": "localhost;",
            "/etc/ssl/photos.example.pem": str(self.certificate),
            "/etc/ssl/photos.example.key": str(self._key),
            "listen 80;": f"listen 127.0.0.1:{ports.choose()};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2; listen 127.0.0.1:{self.plain};",
            "/srv/photophore/data": str(settings.DATA),
            **changed,
        }.items():
            assert old in site, old
            site = site.replace(old, new)
        return site

    def _listens(self):
        return (self.folder / "nginx.pid").exists()


def _upstream(site, name, ports_):
    """Put our processes in the place of those of an upstream, with the parameters of the first."""
    block = re.search(rf"upstream {name} \{{.*?^\}}", site, re.DOTALL | re.MULTILINE).group()
    first, *others = re.findall(r"^ *server [^;]*;.*\n", block, re.MULTILINE)
    changed = block
    for line in others:
        changed = changed.replace(line, "")
    lines = "".join(re.sub(r":\d+", f":{port}", first) for port in ports_)
    return site.replace(block, changed.replace(first, lines))
