"""What a backup says of itself, and whether this code can restore it."""

import msgspec
from django.db.migrations.loader import MigrationLoader

FORMAT = 1


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The first member of a backup."""

    format: int
    app: str  # the version that made it
    made_at: str  # RFC 3339
    postgresql: int  # server_version_num
    migrations: list[str]  # that were applied, as `content.0001_initial`
    counts: dict[str, int]  # rows of every table, partitioned ones as one
    settings: list[str]  # names of all that could be set: `upgrade --check --since` tells what came and went
    secrets: bool  # whether the secrets of the data folder are in it


class _Format(msgspec.Struct):
    """What every format has."""

    format: int


class Incompatible(Exception):
    """Another program is needed for this backup; the text says which."""


def read(content: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        Incompatible: if it is none, or only a later Photophore can restore this.
    """
    try:
        if msgspec.json.decode(content, type=_Format).format > FORMAT:
            raise Incompatible("This backup has a format that a later Photophore has brought: upgrade first.")
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as error:
        raise Incompatible(f"The manifest of this backup cannot be read: {error}.") from error
    if newer := sorted(set(manifest.migrations) - known()):
        raise Incompatible(
            f"This backup was made by a later Photophore ({manifest.app}), which has applied {newer[0]}: upgrade first."
        )
    return manifest


def known() -> set[str]:
    """All migrations of this code."""
    loader = MigrationLoader(None)
    return {f"{app}.{name}" for app, name in loader.disk_migrations}
