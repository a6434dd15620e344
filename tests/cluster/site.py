"""A site of many parts on this machine: each server in a process, on a port and in a folder of its own."""

from urllib.parse import urlsplit

from django.db import connection

from project.up import plan
from project.up.options import Options
from tests.support import services
from tests.support.cluster import Cluster
from tests.support.nginx import Nginx
from tests.support.replica import ask
from tests.support.stack import Process, Stack, free_port
from tests.support.wait import until

GUNICORN = ("-c", "python:project.gunicorn_conf", "--workers", "1", "--graceful-timeout", "10")


class Site:
    """Two nodes of a Gunicorn for pages and a uvicorn for sockets behind nginx, and two workers of each kind.

    They stand on RabbitMQ, three primaries of Valkey, and a PostgreSQL whose commits wait until its replica has them.
    """

    def __init__(self, rabbit, replica):
        self.rabbit, self.replica = rabbit, replica
        self.primary = services.running().postgres
        self._commit_twice()
        self.cluster = Cluster()
        self.stack = Stack(web=2, workers=2, prefix="site-", graceful_seconds=10)
        self.pages = [_Pages(f"site-pages-{number}") for number in (1, 2)]
        self.beat = self.stack.beat
        self.nginx = Nginx([page.port for page in self.pages], [web.port for web in self.stack.webs])
        for process in (*self.pages, *self.stack.webs, *self.stack.workers, self.stack.media, self.beat):
            process.env |= self._env
        self.urls = [self.nginx.origin]

    @property
    def _env(self):
        return {
            "CELERY_BROKER_URL": self.rabbit.url,
            "REDIS_URL": self.cluster.url,
            "DATABASE_URL": self.database_url(),
            "DATABASE_REPLICA_URL": _named(self.replica.url),
            "PHOTOPHORE_ORIGIN": self.nginx.origin,
            "PHOTOPHORE_MEDIA_LOCATION": "/_media/",
        }

    def database_url(self):
        """Both PostgreSQL, of which one takes writes."""
        one, other = urlsplit(_named(self.primary.url)), urlsplit(self.replica.url)
        return one._replace(netloc=f"{one.netloc},127.0.0.1:{other.port}").geturl()

    def _commit_twice(self):
        """From now on what is told to have been kept is on both."""
        ask(self.primary.url, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        ask(self.primary.url, "SELECT pg_reload_conf()")
        until(lambda: ask(self.primary.url, "SELECT sync_state FROM pg_stat_replication") == [("sync",)])

    def start(self):
        self.stack.start()
        for process in (*self.pages, self.beat, self.nginx):
            process.start()
        for process in (*self.pages, self.beat, self.nginx):
            process.wait()
        return self

    def fail_over(self):
        """Kill the primary, and have its replica take its place. Nobody's settings change."""
        self.primary.crash()
        self.replica.promote()

    def close(self):
        for process in (self.nginx, *self.pages):
            process.stop()
        self.stack.close()
        self.cluster.stop()

    def follow(self):
        """Have the test itself use whichever PostgreSQL takes writes."""
        named = connection.settings_dict
        connection.close()
        connection.close_pool()
        ports = [str(urlsplit(url).port) for url in (self.primary.url, self.replica.url)]
        named |= {"HOST": "127.0.0.1,127.0.0.1", "PORT": ",".join(ports)}
        named["OPTIONS"]["target_session_attrs"] = "read-write"


class _Pages(Process):
    """A Gunicorn, as `manage.py up --server gunicorn` starts it."""

    def __init__(self, name):
        self.port = free_port()
        ready = plan._answers(Options(port=self.port))
        super().__init__(
            name,
            *("-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", *GUNICORN, "asgi:application"),
            ready=lambda process: ready(process.pid),
            env={"PHOTOPHORE_NODE": name},
        )


def _named(url):
    """The URL of the test's database on a server."""
    return urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
