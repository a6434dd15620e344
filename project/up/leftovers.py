"""What an earlier run left behind when it and its watchdog were killed together. Finds; does not stop."""

import subprocess
from pathlib import Path


def server_pid(pid_file: Path, home: Path) -> int | None:
    """Return the pid in a server's file if that process serves `home`, and is not just another's of the same number."""
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    return pid if str(home) in _command(pid) else None


def _command(pid: int) -> str:
    if not Path("/proc/self/cmdline").exists():
        ask = ["/bin/ps", "-o", "args=", "-p", str(pid)]
        return subprocess.run(ask, capture_output=True, text=True, check=False).stdout  # noqa: S603
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""
