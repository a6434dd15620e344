"""What operators look at and do to connections, wherever these are. All of it is on record before it is done."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from accounts import actions as people
from accounts.viewers import Viewer
from core.problems import Conflict, Invalid, NotFound
from ops import audit, survey, tails
from ops.choosing import Choice, choice
from ops.nodes import reached
from ops.sight import Connection, Detail, Wanted
from ops.survey import Act, Survey

How = Literal["reconnect", "end"]


@dataclass(frozen=True, slots=True)
class Found:
    """What an operator chose, and what of it there is."""

    choice: Choice
    survey: Survey


@dataclass(frozen=True, slots=True)
class Looked:
    """One connection with all that is told of it."""

    connection: Connection
    detail: Detail


def search(operator: Viewer, form: Mapping[str, str]) -> Found:
    """The connections that a form names: how many, and the first of each process.

    Raises:
        Invalid: naming the field that cannot be.
        Busy: if Redis does not answer.
    """
    chosen = choice(form)
    audit.record(operator, "search", chosen.subject)
    return Found(chosen, _ask("find", chosen.wanted))


def look(operator: Viewer, node: str, connection: str) -> Looked:
    """Inspect one connection.

    Raises:
        NotFound: if it is gone, or its process has not answered.
        Busy: if Redis does not answer.
    """
    audit.record(operator, "inspect", f"connection {node}/{connection}")
    answers = _ask("detail", Wanted(node=node, connection=connection)).answers
    found = next((answer for answer in answers if answer.detail is not None), None)
    if found is None or found.detail is None:
        raise NotFound(_("This connection has ended."))
    return Looked(found.connections[0], found.detail)


def count(operator: Viewer, form: Mapping[str, str], *, why: str, how: str, proofs: bool) -> Found:
    """How many connections `disconnect` would end: all that it refuses is refused here, and nothing is changed.

    Raises:
        Invalid: naming the field that cannot be.
        Busy: if Redis does not answer.
    """
    chosen, reason = _order(form, why=why, how=how, proofs=proofs)
    audit.record(operator, "disconnect, dry run", chosen.subject, reason)
    return Found(chosen, _ask("find", chosen.wanted))


def disconnect(operator: Viewer, form: Mapping[str, str], *, why: str, how: str, proofs: bool) -> Found:
    """End connections: with 4001, so that their clients come back, or with 4423, so that they stop.

    With `proofs` the sessions and tokens behind them end, too. Doing it again ends what has come since.

    Raises:
        Invalid: naming the field that cannot be; nothing was changed.
        Busy: if Redis does not answer.
    """
    chosen, reason = _order(form, why=why, how=how, proofs=proofs)
    audit.record(operator, "log out" if proofs else "disconnect", chosen.subject, reason)
    ended = _ask("end" if how == "end" else "reconnect", chosen.wanted)
    if proofs:
        _end_proofs(ended.connections)
    return Found(chosen, ended)


def tail(operator: Viewer, node: str, connection: str, *, why: str) -> str:
    """Begin to tail one connection; answer the tail's id, which is that of the one that runs, if one does.

    Raises:
        Invalid: if the reason is none.
        NotFound: if the connection is gone, or its process has not answered.
        Conflict: if its process has enough tails.
        Busy: if Redis does not answer.
    """
    audit.record(operator, "tail", f"connection {node}/{connection}", audit.reason(why))
    answers = _ask("tail", Wanted(node=node, connection=connection)).answers
    if any(answer.refused for answer in answers):
        raise Conflict(_("At most %(count)s tails of one process at once.") % {"count": tails.MOST})
    begun = next((answer.tail for answer in answers if answer.tail), "")
    if not begun:
        raise NotFound(_("This connection has ended."))
    return begun


def read_tail(operator: Viewer, tail_id: str) -> tuple[tails.About, list[tails.Row]]:
    """What a tail has shown so far.

    Raises:
        NotFound: if there is none, or it is forgotten.
    """
    about, rows = _kept(tail_id)
    audit.record(operator, "read tail", about.subject)
    return about, rows


def stop_tail(operator: Viewer, tail_id: str) -> None:
    """End a tail before its time; one that has ended stays as it is.

    Raises:
        NotFound: if there is none, or it is forgotten.
        Busy: if Redis does not answer.
    """
    about, _rows = _kept(tail_id)
    audit.record(operator, "stop tail", about.subject)
    _ask("stop", Wanted(node=about.node, connection=about.connection), tail=tail_id)


def _kept(tail_id: str) -> tuple[tails.About, list[tails.Row]]:
    found = tails.read(tail_id) if tails.is_id(tail_id) else None
    if found is None:
        raise NotFound(_("There is no such tail."))
    return found


def _order(form: Mapping[str, str], *, why: str, how: str, proofs: bool) -> tuple[Choice, str]:
    """Read what is to be ended, and see that it may be."""
    chosen = choice(form)
    if chosen.is_everybody:
        raise Invalid(_("Choose whom: this would be everybody. To empty a node, drain it."), field="person")
    if how not in ("reconnect", "end"):
        raise Invalid(_("Choose what their clients are to do."), field="how")
    if proofs and (how != "end" or not chosen.is_of_one):
        raise Invalid(_("Only one person, session or connection can be logged out, and its clients stop."), field="how")
    return chosen, audit.reason(why)


def _end_proofs(connections: Iterable[Connection]) -> None:
    for person, session, token in {(one.person, one.session, one.token) for one in connections}:
        if person is None:
            continue
        with contextlib.suppress(NotFound):  # it has ended meanwhile
            if session is not None:
                people.end_session(user_id=person, session_id=session)
            if token is not None:
                people.revoke_token(user_id=person, token_id=token)


def _ask(act: Act, wanted: Wanted, *, tail: str = "") -> Survey:
    with reached():
        return survey.ask(act, wanted, tail=tail)
