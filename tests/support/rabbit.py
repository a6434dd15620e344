"""A RabbitMQ of Debian's in a folder, on ports of its own of 127.0.0.1, as an account without rights."""

import os
import secrets
import signal
import socket
from pathlib import Path

from project.up import ports
from project.up.account import server_account
from project.up.process import Process
from tests.support import debian, services

LIBRARY = "usr/lib/rabbitmq/lib"
ERLANG = "usr/lib/erlang"
USER = "photophore"
CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
default_user = {user}
default_pass = {password}
loopback_users = none
log.console = true
log.console.level = warning
log.file = false
disk_free_limit.absolute = 50MB
"""


class Rabbit(services.Service):
    """One node. Erlang's nameserver runs beside it in a process of its own, or each start would leave one behind."""

    def __init__(self):
        running = services.running()
        node = _Node(running.folder / "rabbitmq")
        super().__init__(node, running.watchdog)
        self._nameserver = services.Service(_Nameserver(node), running.watchdog)
        self.prepare()

    def start(self):
        self._nameserver.start()
        super().start()

    def pause(self):
        """Freeze all of it: the process that was started is a script around it."""
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self):
        os.killpg(self.pid, signal.SIGCONT)

    def close(self):
        self.stop()
        self._nameserver.kill()


class _Node:
    """RabbitMQ itself, as `services.Service` wants it."""

    def __init__(self, home):
        self.home = home
        self.port, self.nameserver_port, self.distribution_port = (ports.choose() for _ in range(3))
        self.password = secrets.token_hex(12)

    @property
    def url(self):
        return f"amqp://{USER}:{self.password}@127.0.0.1:{self.port}//"

    def prepare(self):
        self.root = debian.root("rabbitmq-server", LIBRARY)
        _move_erlang(self.root)
        self.home.mkdir(mode=0o700)
        (self.home / "rabbitmq.conf").write_text(
            CONFIGURATION.format(port=self.port, user=USER, password=self.password)
        )
        self.account = server_account(self.home)
        if self.account:
            for path in (self.home, *self.home.iterdir()):
                self.account.own(path)

    def process(self):
        (program,) = (self.root / LIBRARY).glob("*/sbin/rabbitmq-server")
        return Process(
            name="rabbitmq",
            argv=[str(program)],
            env=self.env,
            account=self.account,
            ready=self._answers,
            ready_seconds=60,
            stop_seconds=30,
        )

    @property
    def env(self):
        """Everything of its own below its folder and on 127.0.0.1, whatever this machine's own RabbitMQ is set to."""
        folder = str(self.home)
        return {
            "PATH": f"{self.root / ERLANG / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": folder,
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.nameserver_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "photophore@localhost",
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_MNESIA_BASE": folder,
            "RABBITMQ_LOG_BASE": folder,
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _answers(self, _pid):
        """A broker that hears another protocol's greeting says its own, and hangs up."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(b"AMQP\x00\x00\x00\x00")
                return line.recv(4) == b"AMQP"
        except OSError:
            return False


class _Nameserver:
    """epmd, which Erlang would start itself, as a daemon that outlives it."""

    def __init__(self, node):
        self._node = node
        self.home = node.home.with_name("epmd")

    def process(self):
        program = self._node.root / ERLANG / "bin" / "epmd"
        where = ["-port", str(self._node.nameserver_port), "-address", "127.0.0.1"]
        return Process(name="epmd", argv=[str(program), *where], account=self._node.account, ready=self._answers)

    def _answers(self, _pid):
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self._node.nameserver_port)) == 0


def _move_erlang(root):
    """Have a copy that was unpacked elsewhere look for its files there: Debian has written its own place into it."""
    if root != Path("/"):
        script = root / ERLANG / "bin" / "erl"
        script.write_text(script.read_text().replace("ROOTDIR=/usr/lib", f"ROOTDIR={root}/usr/lib"))
