"""The unprivileged account for a server that refuses to run as root, and what that account can reach."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A system user to run something as; only root can use it."""

    name: str
    uid: int
    gid: int

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments that make `subprocess` run a command as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        """Whether the user can traverse every folder down to `path` and enter or execute it; asked of the kernel."""
        ask = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
        return subprocess.run(ask, cwd="/", check=False, **self.options()).returncode == 0  # noqa: S603 -- no shell words

    def own(self, path: Path) -> None:
        """Give a file or a folder to this user."""
        os.chown(path, self.uid, self.gid)


def server_account(home: Path) -> Account | None:
    """Return who shall run a server whose data is in `home`: None, ourselves, unless we are root.

    Data that has an owner keeps it, so that an account which appears later does not lock the server out.

    Raises:
        LookupError: if root finds no unprivileged account on this machine.
    """
    if os.geteuid() != 0:
        return None
    if home.exists() and (owner := home.stat().st_uid) != 0:
        return _account(pwd.getpwuid(owner))
    for name in CANDIDATES:
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise LookupError(" or ".join(CANDIDATES))


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
