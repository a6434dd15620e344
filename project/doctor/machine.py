"""What the process itself stands on: Python, packages, settings, folders, codecs."""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from django.conf import settings
from django.core import checks
from PIL import features

from content.video import ffmpeg, jail
from core.env import ROOT
from project import jit
from project.doctor.findings import Finding, fail, ok, warn

NEWEST = (3, 14)
FEW_BYTES = 2 * 1024**3
LOCK = ROOT / "requirements.txt"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)( ;.*)?", re.MULTILINE)
REINSTALL = "Install what is locked: make setup, or pip install --require-hashes -r requirements.txt."


def packages() -> Iterator[Finding]:
    """Whether Python and the installed packages are those that were tested together."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] > NEWEST:
        yield warn("python", f"{version} is newer than what was tested.", "Use Python 3.11 to 3.14.")
    else:
        yield ok("python", version)
    if found := jit.turn_on():
        yield ok("jit", found.said) if found.is_on else warn("jit", found.said, found.cure)
    pinned = [(name, wanted) for name, wanted, mark in PINNED.findall(LOCK.read_text()) if not mark]
    here = {name: _installed(name) for name, _ in pinned}
    missing = [name for name, _ in pinned if not here[name]]
    others = [f"{name} {here[name]}, not {wanted}" for name, wanted in pinned if here[name] not in ("", wanted)]
    if missing:
        yield fail("packages", f"Missing: {', '.join(missing)}.", REINSTALL)
    elif others:
        yield warn("packages", f"Other versions: {', '.join(others)}.", REINSTALL)
    else:
        yield ok("packages", f"{len(pinned)} as they are locked")


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def configuration() -> Iterator[Finding]:
    """What Django and a look at the settings would have otherwise."""
    found = [*_of_django(), *_of_ours()]
    yield from found or [ok("settings", "nothing to say against them")]


def _of_django() -> Iterator[Finding]:
    for message in checks.run_checks(include_deployment_checks=not settings.DEBUG):
        if message.is_serious() and not message.is_silenced():
            yield fail("settings", message.msg, message.hint or "")


def _of_ours() -> Iterator[Finding]:
    if settings.DEBUG:
        yield warn("settings", "DEBUG is on: errors show settings to everybody.", "Unset DEBUG.")
    if "*" in settings.ALLOWED_HOSTS:
        yield warn("settings", "Any host name is answered.", "Name yours in ALLOWED_HOSTS.")
    if not settings.ORIGINS:
        yield warn("settings", "Nobody knows the site's address.", "Set PHOTOPHORE_ORIGIN=https://your.site.")
    elif not settings.SECURE:
        yield warn("settings", "The site is not served over HTTPS.", "Put a proxy with TLS in front, see deploy/.")


def storage() -> Iterator[Finding]:
    """Whether photos can be written, read and removed, and how much room is left."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
        file.write(b"light")
        file.flush()
        if Path(file.name).read_bytes() != b"light":
            yield fail("storage", f"{folder} gives back other bytes.", "Look at that file system.")
    free = shutil.disk_usage(folder).free
    said = f"{free / 1024**3:.1f} GiB free at {folder}"
    yield ok("storage", said) if free > FEW_BYTES else warn("storage", said, "Make room, or move the data folder.")


def codecs() -> Iterator[Finding]:
    """Whether every format that people send can be read, and videos be prepared in their jail."""
    missing = [name for name in ("jpg", "zlib", "webp", "avif", "littlecms2") if not features.check(name)]
    if missing:
        yield fail("images", f"Pillow has no {', '.join(missing)}.", REINSTALL)
    else:
        yield ok("images", f"Pillow {features.version('pil')}")
    found = ffmpeg.find()
    if found is None:
        yield fail(
            "videos", "There is no ffmpeg that makes H.264.", "Install ffmpeg, or name one in PHOTOPHORE_FFMPEG."
        )
    elif jail.landlock_version() < 1:
        yield warn(
            "videos", f"{found}, and no Landlock.", "Use Linux 5.13 or later, or allow Landlock in the container."
        )
    else:
        yield ok("videos", found)


CHECKS = (
    ("packages", packages, REINSTALL),
    ("settings", configuration, "See docs/configuration.md."),
    ("storage", storage, "The user that runs Photophore must own PHOTOPHORE_DATA."),
    ("codecs", codecs, REINSTALL),
)
