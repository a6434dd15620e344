"""Where the demo may be made: not beside real people. Its password is public, so this is the line that keeps it out."""

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection

from project.up.folder import SECRETS_FILE

EMAIL_DOMAIN = "demo.invalid"  # no mail can ever reach it (RFC 2606); it marks the people of the demo


class RefusedError(Exception):
    """The demo does not belong here; the text is for people and says why."""


def check() -> None:
    """Let the demo pass on a database for development, or on the one that `up` runs itself.

    Raises:
        RefusedError: if DEBUG is off and the database is somebody else's.
    """
    if settings.DEBUG or is_embedded():
        return
    raise RefusedError(
        "The demo's password is public, so it is only made with DEBUG on or in the database that `manage.py up` starts "
        f"itself; this one ({_place()}) is neither. Nothing was changed."
    )


def is_embedded() -> bool:
    """Whether we are connected to the database that `up` has made in the data folder, and noted there."""
    try:
        lines = (settings.DATA / SECRETS_FILE).read_text().splitlines()
    except OSError:
        return False
    noted = dict(line.split("=", 1) for line in lines if "=" in line).get("DATABASE_URL", "")
    return bool(noted) and _parts(noted) == _connected()


def _parts(url: str) -> tuple[str, str, str]:
    address = urlsplit(url)
    return address.hostname or "", str(address.port or ""), unquote(address.path.lstrip("/"))


def _connected() -> tuple[str, str, str]:
    used = connection.settings_dict
    return used["HOST"], str(used["PORT"]), used["NAME"]


def _place() -> str:
    host, port, name = _connected()
    return f"{name} on {host or 'this machine'}{':' if port else ''}{port}"
