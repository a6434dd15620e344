"""A real Valkey with a replica, and three Sentinels that put the replica in its place when it dies."""

import dataclasses
from contextlib import suppress

import redis

from project.up import ports
from project.up.valkey import Valkey
from tests.support import services
from tests.support.wait import until

SERVICE, PASSWORD = "photos", "secret"
DOWN_AFTER_MS = 500


class _Data(Valkey):
    """The primary, or its replica if `of` is the primary's port."""

    def __init__(self, home, of=None):
        super().__init__(home, url=f"redis://:{PASSWORD}@127.0.0.1:{ports.choose()}/0", durable=False)
        self._more = [f"primaryauth {PASSWORD}", "repl-diskless-sync-delay 0"]
        self._more += [f"replicaof 127.0.0.1 {of}"] if of else []

    def _write_configuration(self):
        super()._write_configuration()
        with (self.home / "valkey.conf").open("a") as configuration:
            configuration.write("\n".join(self._more) + "\n")


class _Sentinel(Valkey):
    """One of those who watch."""

    def __init__(self, home, primary_port):
        super().__init__(home, url=f"redis://:{PASSWORD}@127.0.0.1:{ports.choose()}/0", durable=False)
        self._primary_port = primary_port

    def process(self):
        process = super().process()
        return dataclasses.replace(process, argv=[*process.argv, "--sentinel"])

    def _write_configuration(self):
        lines = ["bind 127.0.0.1", f"port {self._port}", f'dir "{self.home}"', f'pidfile "{self.home}/valkey.pid"']
        lines += [f"requirepass {PASSWORD}", f"sentinel sentinel-pass {PASSWORD}"]
        lines += [f"sentinel monitor {SERVICE} 127.0.0.1 {self._primary_port} 2"]
        lines += [f"sentinel auth-pass {SERVICE} {PASSWORD}"]
        lines += [f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER_MS}"]
        lines += [f"sentinel failover-timeout {SERVICE} 3000"]
        (self.home / "valkey.conf").write_text("\n".join(lines) + "\n")


class Sentinels:
    """`primary` and `replica` at first; `url` names whichever is the primary."""

    def __init__(self):
        running = services.running()
        folder = running.folder / "sentinels"
        self.primary = self._start(_Data(folder / "one"))
        port = self._port(self.primary)
        self.replica = self._start(_Data(folder / "two", of=port))
        self.watchers = [self._start(_Sentinel(folder / f"sentinel-{number}", port)) for number in range(3)]
        until(self._is_well)

    @property
    def url(self):
        hosts = ",".join(f"127.0.0.1:{self._port(watcher)}" for watcher in self.watchers)
        return f"redis+sentinel://:{PASSWORD}@{hosts}/{SERVICE}/0?sentinel_password={PASSWORD}"

    def fail_over(self):
        """Let the replica and the primary change places, both alive."""
        with redis.Redis.from_url(self.watchers[0].url) as client:
            client.execute_command("SENTINEL", "FAILOVER", SERVICE)
        until(lambda: (self.ask(self.replica, "ROLE") or [""])[0] == "master")

    @staticmethod
    def ask(service, *command):
        """A server's answer; None if it cuts us off, as one does that changes its role."""
        with redis.Redis.from_url(service.url, decode_responses=True) as client, suppress(redis.ConnectionError):
            return client.execute_command(*command)

    def stop(self):
        for service in (*self.watchers, self.replica, self.primary):
            service.kill()

    def _start(self, server):
        service = services.Service(server, services.running().watchdog)
        service.prepare()
        service.start()
        return service

    @staticmethod
    def _port(service):
        return service._server._port

    def _is_well(self):
        """The replica follows, and every Sentinel knows it and the two others."""
        with redis.Redis.from_url(self.replica.url, decode_responses=True) as client:
            follows = client.info("replication")["master_link_status"] == "up"
        known = []
        for watcher in self.watchers:
            with redis.Redis.from_url(watcher.url, decode_responses=True) as client:
                state = client.sentinel_master(SERVICE)
                known.append((state["num-slaves"], state["num-other-sentinels"]))
        return follows and known == [(1, 2)] * 3
