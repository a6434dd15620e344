"""The data folder: one runner at a time, and the secrets that the first start makes. Holds no data of the domain."""

import fcntl
import os
import time
from pathlib import Path

from project.up import watchdog
from project.up.process import Say, StartError

SECRETS_FILE = "secrets.env"  # core.env reads it
LOCK_FILE = "up.lock"
LAST_RUN_SECONDS = 60.0  # the watchdog of a run that was killed needs less to stop it
POLL_SECONDS = 0.1


class Folder:
    """A data folder that is ours as long as `lock`, a descriptor, is open."""

    def __init__(self, path: Path, *, say: Say) -> None:
        """Make the folder if it is not there, and lock it.

        Raises:
            StartError: if another runner has it, or if it cannot be written.
        """
        self.path = path.resolve()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.lock = os.open(self.path / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StartError(f"The data folder cannot be used: {error}. Choose another: PHOTOPHORE_DATA=…") from error
        self._take_lock(say)

    def secrets(self) -> dict[str, str]:
        """Return what earlier starts kept."""
        return secrets_in(self.path)

    def keep(self, changed: dict[str, str]) -> None:
        """Keep secrets beside those kept before."""
        keep_secrets(self.path, changed)

    def _take_lock(self, say: Say) -> None:
        """Take the lock; wait for it if its runner was killed, since the watchdog holds it until all is stopped."""
        deadline = time.monotonic() + LAST_RUN_SECONDS
        told = False
        while not self._try_lock():
            runner = int(os.pread(self.lock, 20, 0).strip() or 0)
            if watchdog.birth(runner) or time.monotonic() > deadline:
                raise StartError(
                    f"Photophore already runs on {self.path} (process {runner}). "
                    f"Stop it first, or choose another folder with PHOTOPHORE_DATA=… and another PORT=…"
                )
            if not told:
                say("The last run was killed; waiting until its parts are stopped.")
                told = True
            time.sleep(POLL_SECONDS)
        os.truncate(self.lock, 0)
        os.pwrite(self.lock, f"{os.getpid()}\n".encode(), 0)

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def secrets_in(folder: Path) -> dict[str, str]:
    """Return the secrets that are kept in a data folder.

    Raises:
        StartError: if they are somebody else's.
    """
    path = folder / SECRETS_FILE
    try:
        return secrets_of(path.read_text())
    except FileNotFoundError:
        return {}
    except PermissionError:
        raise StartError(f"{path} belongs to another user: run as that one, or choose another folder.") from None


def secrets_of(text: str) -> dict[str, str]:
    """Return the secrets of such a file."""
    lines = (line.partition("=") for line in text.splitlines())
    return {name: value for name, found, value in lines if found}


def keep_secrets(folder: Path, changed: dict[str, str]) -> None:
    """Keep secrets beside those kept before: readable by the owner alone, written whole or not at all."""
    kept = secrets_in(folder)
    if kept | changed == kept:
        return
    unfinished = folder / f"{SECRETS_FILE}.new"
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in (kept | changed).items())
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / SECRETS_FILE)
