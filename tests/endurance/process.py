"""One web process that is watched from outside and inside. Judges nothing."""

import json
import urllib.request
from pathlib import Path

from tests.endurance import inside
from tests.support.stack import Web, free_port

KIBIBYTE = 1024


class Watched(Web):
    """A web process that tells what it holds."""

    def __init__(self, name="endured", **options):
        super().__init__(name, free_port(), **options)
        self.argv[self.argv.index("project.server")] = "tests.endurance.serve"

    def held(self):
        """How many threads, files, connections and blocks of Python's it has, and its memory."""
        with urllib.request.urlopen(self.url + inside.PATH, timeout=30) as answer:
            return json.load(answer) | {"rss": self.rss_bytes()}

    def rss_bytes(self):
        return self._status("VmRSS")

    def most_rss_bytes(self):
        """The most that it has held since `forget_most`."""
        return self._status("VmHWM")

    def forget_most(self):
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _status(self, name):
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition(f"{name}:")[2].split()[0]) * KIBIBYTE
