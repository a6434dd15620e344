"""`manage.py drain`: takes web processes from their work without stopping them, and gives it back with `--undo`."""

import time
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ops.leaving import State
from ops.nodes import Away, Node, Order, Roll

POLL_SECONDS = 0.5
PATIENCE_SECONDS = 15.0  # past the window: for the order to be fetched, and for the last to go


class Command(BaseCommand):
    """Drain web processes: not ready, sockets moved away, new ones refused. A restart, or `--undo`, ends it."""

    help = "Make web processes send their sockets to the others, and take no new ones. They are not stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read which ones, how fast, and which way."""
        parser.add_argument("--node", help="only processes of this PHOTOPHORE_NODE (default: all)")
        parser.add_argument("--seconds", type=float, default=settings.DRAIN_SECONDS, help="the window of the move")
        parser.add_argument("--undo", action="store_true", help="let them serve again")
        parser.add_argument("--dry-run", action="store_true", help="only list them")
        parser.add_argument("--json", action="store_true", help="print where they stand in the end, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Order, watch until it is done, and tell."""
        roll = Roll(settings.REDIS_URL)
        try:
            nodes = [node for node in roll.call() if options["node"] in (None, node.node)]
            if not nodes:
                raise CommandError("No such web process has reported in the last five seconds.")
            if not options["dry_run"]:
                order = Order("undrain") if options["undo"] else Order("drain", options["seconds"])
                roll.tell(nodes, order)
                nodes = self._watch(roll, nodes, order, quiet=options["json"])
        except Away as error:
            raise CommandError(f"Redis does not answer, so the processes cannot be reached: {error}") from error
        self.stdout.write(msgspec.json.encode(nodes).decode() if options["json"] else "\n".join(map(_line, nodes)))

    def _watch(self, roll: Roll, nodes: list[Node], order: Order, *, quiet: bool) -> list[Node]:
        """Wait until those that still run are as ordered; tell on the way what changes."""
        wanted = State.SERVING if order.do == "undrain" else State.DRAINED
        deadline = time.monotonic() + order.seconds + PATIENCE_SECONDS
        ids = {node.id for node in nodes}
        while time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            before, nodes = nodes, [node for node in roll.call() if node.id in ids]
            if all(node.state == wanted for node in nodes):
                return nodes
            if not quiet and nodes != before:
                self.stderr.write("\n".join(map(_line, nodes)))
        raise CommandError("Not done in time:\n" + "\n".join(map(_line, nodes)))


def _line(node: Node) -> str:
    return f"{node.node}  {node.host}:{node.pid}  {node.state}  {node.sockets} sockets"
