"""What a suspended person is shown at the log-in, and the proof with which they may appeal: they have no session."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from accounts.models import User
from core.problems import Forbidden

SALT = "accounts.suspension"
PROOF_KEY = "suspension"  # of the session of a browser, which proves nobody
PROOF_AGE = timedelta(hours=1)  # long enough to write an appeal


@dataclass(frozen=True, slots=True)
class Suspension:
    """A suspension that stands: whose, since when, why, and until when (None: until it is lifted)."""

    user_id: int
    since: datetime
    reason: str
    until: datetime | None

    def as_dict(self) -> dict[str, Any]:
        """The suspension as JSON members."""
        until = self.until.isoformat(timespec="milliseconds") if self.until else None
        return {"since": self.since.isoformat(timespec="milliseconds"), "reason": self.reason, "until": until}


def suspension_of(user: User) -> Suspension:
    """The suspension of a person who is suspended."""
    assert user.suspended_at is not None
    return Suspension(user.pk, user.suspended_at, user.suspension_reason, user.suspended_until)


def proof_of(user: User) -> str:
    """What lets this person appeal against this suspension, for an hour. Give it to nobody who did not log in."""
    assert user.suspended_at is not None
    return signing.dumps([user.pk, user.suspended_at.isoformat()], salt=SALT)


def proven(proof: str) -> Suspension:
    """The suspension that a proof is of.

    Raises:
        Forbidden: if it proves nothing, is too old, or the suspension is over.
    """
    try:
        user_id, since = signing.loads(proof, salt=SALT, max_age=PROOF_AGE)
    except signing.BadSignature as error:
        raise Forbidden(_("Log in once more, and appeal then.")) from error
    user = User.objects.filter(id=user_id, suspended_at=datetime.fromisoformat(since)).first()
    if user is None:
        raise Forbidden(_("This suspension is over."))
    return suspension_of(user)
