"""Writes a file named by its content, so that a second run finds or writes the same bytes. Never deletes one."""

import hashlib
import os
import tempfile
from pathlib import Path

from core import disk

_MODE = 0o644  # as Django's own uploads: nginx, another user, hands the files out


def store(data: bytes, out_dir: str | Path, suffix: str) -> str:
    """Write the bytes under their hash and return the name; a crash at any moment leaves no half-written name.

    Raises:
        OSError: if the disk is full or the directory cannot be written; nothing is left behind then.
    """
    directory = Path(out_dir)
    directory.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(data).hexdigest()[:40] + suffix
    _write_atomically(data, directory / name)
    return name


def adopt(path: Path, out_dir: str | Path, suffix: str) -> str:
    """Move a finished file of the same disk under its hash, and return the name; it survives a power cut then.

    Raises:
        OSError: if the disk refuses.
    """
    with path.open("rb") as file:
        name = hashlib.file_digest(file, "sha256").hexdigest()[:40] + suffix
        os.fchmod(file.fileno(), _MODE)
        os.fsync(file.fileno())
    target = Path(out_dir) / name
    os.replace(path, target)
    disk.sync(target.parent)  # or the rename itself may be lost, after the row already says "ready"
    return name


def _write_atomically(data: bytes, target: Path) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=".writing-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), _MODE)
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    disk.sync(target.parent)  # or the rename itself may be lost, after the row already says "ready"
