"""A real Valkey Cluster of three primaries, in the session's folder, under its watchdog; a test may break and mend it.

`nodes[0]` holds the slots from 0, `nodes[1]` those from 5462, `nodes[2]` those from 10923, until a test moves some.
"""

import itertools
import random

import redis
from redis.crc import key_slot

from project.up import ports
from project.up.valkey import Valkey
from tests.support import services, workers
from tests.support.wait import until

SLOTS = 16384
FIRST_PORT, LAST_PORT = workers.share(16000, 19000)  # below those of the other services of a test
NODE_TIMEOUT_MS = 1000

_names = itertools.count(1)
_ports = iter(random.sample(range(FIRST_PORT, LAST_PORT), LAST_PORT - FIRST_PORT))  # each once: none listens there yet


def _port():
    return next(port for port in _ports if ports.is_free(port))


class _Server(Valkey):
    """A Valkey that is a node of a Cluster."""

    def __init__(self, home, password):
        super().__init__(home, url=f"redis://:{password}@127.0.0.1:{_port()}/0", durable=False)
        self.bus_port = _port()

    def _write_configuration(self):
        super()._write_configuration()
        more = ["cluster-enabled yes", f"cluster-node-timeout {NODE_TIMEOUT_MS}", f"cluster-port {self.bus_port}"]
        more += [f"primaryauth {self._password}", "cluster-replica-validity-factor 0", "repl-diskless-sync-delay 0"]
        with (self.home / "valkey.conf").open("a") as configuration:
            configuration.write("\n".join(more) + "\n")


class Node(services.Service):
    """One node: a service, and a client of it."""

    def __init__(self, password):
        running = services.running()
        server = _Server(running.folder / f"cluster-{next(_names)}", password)
        super().__init__(server, running.watchdog)
        self.prepare()
        self.port = server._port
        self.bus_port = server.bus_port
        self.client = redis.Redis.from_url(server.url, decode_responses=True)
        self.start()

    @property
    def runs(self):
        return self._running is not None

    @property
    def id(self):
        return self.ask("MYID")

    def ask(self, *words):
        return self.client.execute_command("CLUSTER", *words)

    def meet(self, other):
        self.ask("MEET", "127.0.0.1", other.port, other.bus_port)

    def map(self):
        """The slots as it knows them: [first, last, port of the primary]."""
        return [(int(first), int(last), int(primary[1])) for first, last, primary, *_ in self.ask("SLOTS")]

    def is_well(self):
        return "cluster_state:ok" in self.ask("INFO")


class Cluster:
    """Three primaries; `add_replica` gives one of them a replica."""

    def __init__(self):
        self._password = "secret"
        self.nodes = [Node(self._password) for _ in range(3)]
        bounds = [0, 5462, 10923, SLOTS]
        for number, node in enumerate(self.nodes):
            node.ask("SET-CONFIG-EPOCH", number + 1)
            node.ask("ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1)
            node.meet(self.nodes[0])
        self.settle()
        self._map = self.nodes[0].map()

    def mended(self):
        """Start what a test has killed and empty all; answer whether all is where it was at first."""
        for node in self.nodes:
            node.start()
            node.client.config_set("maxmemory", 0)
        if len(self.nodes) > 3:
            return False
        self.settle()
        for node in self.nodes:
            node.client.flushall()
        return self.nodes[0].map() == self._map

    @property
    def url(self):
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"redis+cluster://:{self._password}@{hosts}/0"

    def settle(self):
        """Wait until all that run agree, and every slot has its node."""
        until(lambda: all(node.is_well() for node in self._living()))
        until(lambda: len({str(sorted(node.map())) for node in self._living()}) == 1)

    def holder(self, partition):
        """The node that holds a partition, as the first that runs knows it."""
        slot = key_slot(f"p{partition}".encode())
        port = next(port for first, last, port in self._living()[0].map() if first <= slot <= last)
        return next(node for node in self.nodes if node.port == port)

    def move(self, partition, target):
        """Give a partition to another node, its keys left behind: who asks the old one is told MOVED.

        One that imports a slot raises its epoch with it. Without that it would believe the old one, which still tells
        of the slot for a moment, and both would go on to name each other.
        """
        source = self.holder(partition)
        slot = key_slot(f"p{partition}".encode())
        for key in source.ask("GETKEYSINSLOT", slot, 1000):
            source.client.delete(key)
        target.ask("SETSLOT", slot, "IMPORTING", source.id)
        source.ask("SETSLOT", slot, "MIGRATING", target.id)
        target.ask("SETSLOT", slot, "NODE", target.id)
        source.ask("SETSLOT", slot, "NODE", target.id)
        self.settle()

    def add_replica(self, primary):
        """One more node, which follows a primary and takes its place when it dies."""
        replica = Node(self._password)
        replica.meet(primary)
        until(lambda: primary.id in replica.ask("NODES"))
        replica.ask("REPLICATE", primary.id)
        until(lambda: replica.client.info("replication")["master_link_status"] == "up")
        self.nodes.append(replica)
        self.settle()
        return replica

    def stop(self):
        for node in self.nodes:
            node.client.close()
            node.kill()

    def _living(self):
        return [node for node in self.nodes if node.runs]
