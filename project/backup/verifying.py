"""The proof that a backup is good: it is restored, into a PostgreSQL and a data folder that are thrown away after."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from core.env import ROOT

# What leads to the site itself, and would have the proof read or write there.
OURS = (
    "DATABASE_URL", "DATABASE_REPLICA_URL", "REDIS_URL", "CELERY_BROKER_URL", "SECRET_KEY", "PHOTOPHORE_DATA",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of it; `said` is what went wrong."""

    good: bool
    rows: int = 0
    files: int = 0
    said: str = ""


def verify(path: Path) -> Proof:
    """Restore a backup elsewhere by the very command that would restore it here.

    Takes as much room in the temporary folder (TMPDIR) as the backup needs, and its database.
    """
    environment = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in OURS}
    with tempfile.TemporaryDirectory(prefix="photophore-verify-") as folder:
        Path(folder).chmod(0o711)  # root's PostgreSQL runs as another account, which must get through
        ran = subprocess.run(  # noqa: S603 -- our own program
            [sys.executable, "manage.py", "restore", str(path.resolve()), "--json"],
            cwd=ROOT,
            env=environment | {"PHOTOPHORE_DATA": folder},
            capture_output=True,
            text=True,
            check=False,
        )
    if ran.returncode:
        return Proof(good=False, said=(ran.stderr or ran.stdout).strip())
    report = json.loads(ran.stdout)
    return Proof(good=True, rows=report["plan"]["rows"], files=report["files"])
