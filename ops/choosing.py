"""Whom and which connections an operator means, as a form says it: read, refused by its field, and put in words."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from core.problems import Invalid
from ops.sight import Wanted
from realtime.peers import TRANSPORTS, WORD

PLACE = re.compile(r"\S{1,80}")
FIELDS = ("person", "session", "token", "app", "version", "network", "transport", "node", "connection")
# What each is called in the record.
_CALLED = {"person": "user", "network": "range"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a form names, field by field, and what it comes to."""

    given: dict[str, str]
    wanted: Wanted

    @property
    def is_everybody(self) -> bool:
        """Whether it leaves nobody out, or only whoever is on another node: for that there is draining."""
        return not self.given.keys() - {"node"}

    @property
    def is_of_one(self) -> bool:
        """Whether all are one person's."""
        return bool(self.given.keys() & {"person", "session", "token", "connection"})

    @property
    def subject(self) -> str:
        """It in words, for the record."""
        if "connection" in self.given:
            return f"connection {self.given.get('node', '')}/{self.given['connection']}"
        named = [f"{_CALLED.get(name, name)} {text}" for name, text in self.given.items()]
        return ", ".join(named) or "all connections"


def choice(form: Mapping[str, str]) -> Choice:
    """Read a form; its empty fields leave nobody out.

    Raises:
        Invalid: naming the field that cannot be.
    """
    given = {name: text for name in FIELDS if (text := form.get(name, "").strip())}
    wanted = Wanted(
        connection=_word(given, "connection", PLACE),
        node=_word(given, "node", PLACE),
        person=named(given["person"])[0] if "person" in given else None,
        session=_number(given, "session"),
        token=_number(given, "token"),
        app=_word(given, "app", WORD),
        version=_word(given, "version", WORD),
        network=_network(given.get("network", "")),
        transport=_transport(given.get("transport", "")),
    )
    return Choice(given, wanted)


def named(person: str) -> tuple[int, str]:
    """The id and the name of somebody, whoever they are: operators ask about the suspended, too.

    Raises:
        Invalid: if there is nobody of that name.
    """
    found = User.objects.filter(username=person.strip().removeprefix("@").lower()).values_list("id", "username").first()
    if found is None:
        raise Invalid(_("There is nobody of that name here."), field="person")
    return found


def _number(given: Mapping[str, str], field: str) -> int | None:
    text = given.get(field, "")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or int(text[:20]) >= 2**63:
        raise Invalid(_("A number, as the list of connections has it."), field=field)
    return int(text)


def _word(given: Mapping[str, str], field: str, pattern: re.Pattern[str]) -> str:
    text = given.get(field, "")
    if text and not pattern.fullmatch(text):
        raise Invalid(_("As the list of connections has it."), field=field)
    return text


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False)) if text else ""
    except ValueError as error:
        raise Invalid(_("An address or a range, as 203.0.113.0/24 or 2001:db8::/48."), field="network") from error


def _transport(text: str) -> str:
    if text and text not in TRANSPORTS:
        raise Invalid(_("One of: %(names)s.") % {"names": ", ".join(TRANSPORTS)}, field="transport")
    return text
