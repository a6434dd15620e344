"""Who was recognized a moment ago, by what proof, in this process: spares a lookup a request. Proves nobody anew.

What it says is believed for less than the two seconds in which a revocation must be obeyed, whatever else fails: the
log of what ends access may stand still with the workers, and a Redis that is frozen is missed only after a while. That
log, and each commit of this very process, take out at once whom they are about.
"""

import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Literal, NamedTuple

from django.db import transaction

from accounts.viewers import Viewer
from core import clock

SECONDS = 1.5  # from before the lookup until it is made anew
MOST = 10_000  # proofs; the oldest go

Kind = Literal["user", "session", "token"]
Name = tuple[Kind, int]


class Proof(NamedTuple):
    """What a request brings, and by what way: a session's key is no proof of the same kind in a cookie and a header."""

    via: Literal["session", "app", "token"]
    secret: str


class Recognized:
    """The viewers by their proofs. Threads forget while the event loop keeps; a look takes no lock."""

    def __init__(self) -> None:
        self.place = 0  # how often somebody was forgotten; a lookup that began at another place may be too old to keep
        self._found: dict[Proof, tuple[Viewer, float]] = {}
        self._proofs: dict[Name, set[Proof]] = {}
        self._changing = threading.Lock()

    def by(self, proof: Proof) -> Viewer | None:
        """Whom a proof named a moment ago; None if that is to be looked up."""
        found = self._found.get(proof)
        return found[0] if found is not None and time.monotonic() < found[1] else None

    def keep(self, proof: Proof, viewer: Viewer, *, place: int, since: float) -> None:
        """Keep what a lookup has found that began at `place`, and at `since` of the monotonic clock.

        Staff without a second factor is looked up each time: which session has proved one is told to no other process.
        A token never does.
        """
        if viewer.is_staff and not viewer.second_factor and viewer.token_id is None:
            return
        until = since + SECONDS
        if viewer.expires_at is not None:
            until = min(until, time.monotonic() + (viewer.expires_at - clock.now()).total_seconds())
        with self._changing:
            if place != self.place:
                return
            self._drop(proof)
            if len(self._found) >= MOST:
                self._drop(next(iter(self._found)))
            self._found[proof] = (viewer, until)
            for name in _names(viewer):
                self._proofs.setdefault(name, set()).add(proof)

    def forget(self, kind: Kind, number: int) -> None:
        """Look a person, or who is behind a session or a token, up again."""
        with self._changing:
            self.place += 1
            for proof in list(self._proofs.get((kind, number), ())):
                self._drop(proof)

    def forget_session(self, key: str) -> None:
        """The same for who is behind a session's key."""
        with self._changing:
            self.place += 1
            self._drop(Proof("session", key))
            self._drop(Proof("app", key))

    def clear(self) -> None:
        """Look everybody up again."""
        with self._changing:
            self.place += 1
            self._found.clear()
            self._proofs.clear()

    def __len__(self) -> int:
        return len(self._found)

    def _drop(self, proof: Proof) -> None:
        found = self._found.pop(proof, None)
        for name in _names(found[0]) if found else ():
            self._proofs[name].discard(proof)
            if not self._proofs[name]:
                del self._proofs[name]


def _names(viewer: Viewer) -> Iterator[Name]:
    yield "user", viewer.id
    if viewer.session_id is not None:
        yield "session", viewer.session_id
    if viewer.token_id is not None:
        yield "token", viewer.token_id


recognized = Recognized()


def forget_after_commit(kind: Kind, number: int) -> None:
    """Have this process look somebody up again once the caller's transaction has committed; at once if there is none.

    Others hear of what ends access from the log, and of the rest when their own lookup is too old.
    """
    transaction.on_commit(partial(recognized.forget, kind, number))
