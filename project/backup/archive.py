"""A backup as a file: a plain tar whose first member says what it is, and whose last has the hash of each.

Nothing is compressed twice: photos are, and so is the dump. Any `tar` reads it, and `sha256sum -c SHA256SUMS` checks
what it has read. However many members there are, memory holds one.
"""

import contextlib
import hashlib
import io
import os
import re
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from core import disk

MANIFEST, DUMP, SECRETS, SUMS = "manifest.json", "database.dump", "secrets.env", "SHA256SUMS"
MEDIA = "media/"
# Nothing else gets out of a tar onto the disk: no link, no path that leads elsewhere.
_NAMES = re.compile(rf"{MANIFEST}|{DUMP}|{SECRETS}|{MEDIA}[A-Za-z0-9_-]+/[A-Za-z0-9_-][A-Za-z0-9._-]*")
_MANIFEST_BYTES = 16 * 1024 * 1024
_CHUNK = 1024 * 1024


class Damaged(Exception):
    """This file is no whole backup; the text says what is wrong with it."""


class Writer:
    """Members one after the other."""

    def __init__(self, file: IO[bytes], sums: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w")  # noqa: SIM115 -- closed by `finish`
        self._sums = sums
        self.bytes = 0
        self.files = 0

    def add(self, name: str, content: bytes) -> None:
        """Add a member from memory."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = len(content), 0o600, int(time.time())
        self._add(info, io.BytesIO(content))

    def add_file(self, name: str, path: Path) -> None:
        """Add a file, as long as it is now.

        Raises:
            OSError: if it is gone, or grows shorter meanwhile.
        """
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = found.st_size, found.st_mode & 0o777, int(found.st_mtime)
            self._add(info, file)

    def finish(self) -> None:
        """Add the sums, and the end."""
        info = tarfile.TarInfo(SUMS)
        info.size, info.mode, info.mtime = self._sums.tell(), 0o600, int(time.time())
        self._sums.seek(0)
        self._tar.addfile(info, self._sums)
        self._tar.close()

    def _add(self, info: tarfile.TarInfo, content: IO[bytes]) -> None:
        hashed = _Hashed(content)
        self._tar.addfile(info, hashed)
        self._tar.members.clear()  # type: ignore[attr-defined]  # it would remember all of them
        self._sums.write(_line(info.name, hashed))
        self.bytes += info.size
        self.files += info.name.startswith(MEDIA)


class _Hashed:
    """What is read through it is hashed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._sum.update(content)
        return content

    def hexdigest(self) -> str:
        return self._sum.hexdigest()


def _line(name: str, hashed: _Hashed) -> bytes:
    return f"{hashed.hexdigest()}  {name}\n".encode()


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[IO[bytes]]:
    """Give a file to write; it has its name once it is whole and on the disk, and before that none that counts.

    Raises:
        FileExistsError: if there is one of that name.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already.")
    unfinished = target.with_name(f".{target.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        with open(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
        disk.sync(target.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def manifest_of(path: Path) -> bytes:
    """The first member, which says what the others are.

    Raises:
        Damaged: if this is no backup.
    """
    with _opened(path) as tar:
        first = _next(tar)
        if first is None or first.name != MANIFEST or first.size > _MANIFEST_BYTES:
            raise Damaged(f"{path} is no backup of Photophore.")
        return _content(tar, first).read()


def check(path: Path, *, into: Path | None = None) -> int:
    """Read all of a backup, compare each member with its sum, and write it below `into`; answer how many files it has.

    Raises:
        Damaged: naming the first member that is not as it was written, or what is missing.
    """
    count = 0
    with _opened(path) as tar, tempfile.TemporaryFile() as seen:
        while (member := _next(tar)) is not None:
            if member.name == SUMS:
                _compare(seen, _content(tar, member))
                return count
            if not member.isfile() or not _NAMES.fullmatch(member.name):
                raise Damaged(f"{member.name!r} does not belong into a backup.")
            hashed = _Hashed(_content(tar, member))
            _copy(hashed, member, into)
            seen.write(_line(member.name, hashed))
            count += member.name.startswith(MEDIA)
    raise Damaged(f"{path} has no end: it was cut off.")


def _copy(hashed: _Hashed, member: tarfile.TarInfo, into: Path | None) -> None:
    if into is None:
        while hashed.read(_CHUNK):
            pass
        return
    target = into / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := hashed.read(_CHUNK):
            file.write(chunk)
        if member.name.startswith(MEDIA):
            os.fchmod(file.fileno(), member.mode & 0o644)  # nginx, another user, hands the renditions out


def _compare(seen: IO[bytes], sums: IO[bytes]) -> None:
    """The members came in the order of their sums, or something is wrong."""
    seen.seek(0)
    for wanted in sums:
        name = wanted[66:].decode(errors="replace").strip()
        found = seen.readline()
        if found != wanted:
            raise Damaged(f"{name} is missing." if found[66:] != wanted[66:] else f"{name} is not what was written.")
    if extra := seen.readline():
        raise Damaged(f"{extra[66:].decode().strip()} was added.")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, mode="r|") as tar:
            yield tar
    except tarfile.TarError as error:
        raise Damaged(f"{path} cannot be read: {error}.") from error


def _next(tar: tarfile.TarFile) -> tarfile.TarInfo | None:
    member = tar.next()
    tar.members.clear()  # type: ignore[attr-defined]  # as above
    return member


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(member)
    if content is None:
        raise Damaged(f"{member.name!r} is no file.")
    return content
