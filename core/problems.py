"""What the domain refuses, as exceptions that an edge can show; the wire shape is RFC 9457 problem details."""

from typing import Any


class Problem(Exception):
    """A refusal. `title` is the same for every occurrence; `detail` speaks of this one; `field` names a wrong input."""

    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str = "", *, field: str = "", retry_after_seconds: int | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.field = field
        self.retry_after_seconds = retry_after_seconds

    def as_dict(self, *, instance: str = "") -> dict[str, Any]:
        """The problem as RFC 9457 members; `errors` names the field that was wrong, if one was."""
        body: dict[str, Any] = {"type": "about:blank", "title": self.title, "status": self.status}
        if self.detail:
            body["detail"] = self.detail
        if self.field:
            body["errors"] = [{"field": self.field, "detail": self.detail}]
        if instance:
            body["instance"] = instance
        return body


class Unauthenticated(Problem):
    """Nobody is signed in."""

    status = 401
    title = "Sign in first"


class Forbidden(Problem):
    """Somebody is signed in, and may not."""

    status = 403
    title = "Not allowed"


class NotFound(Problem):
    """It is not there, or the viewer may not know that it is: both answer alike."""

    status = 404
    title = "Not found"


class Conflict(Problem):
    """It contradicts what is already there."""

    status = 409
    title = "Conflict"


class TooLarge(Problem):
    """The body is over its limit."""

    status = 413
    title = "Too large"


class UnsupportedMedia(Problem):
    """The bytes are not a kind of file that is read here."""

    status = 415
    title = "Not a file we can read"


class Invalid(Problem):
    """The input breaks a limit."""

    status = 422
    title = "Not valid"


class TooMany(Problem):
    """One asks for more at once than one may."""

    status = 429
    title = "Too many requests"


class Busy(Problem):
    """Every worker of this process is taken; try again shortly."""

    status = 503
    title = "Busy"


class UnderMaintenance(Problem):
    """Nothing may be changed for now; looking is allowed."""

    status = 503
    title = "Maintenance"
