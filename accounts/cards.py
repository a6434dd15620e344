"""People's cards by id, for the frames of the drain: plain SQL, since it runs for every like. Asks no policy."""

from collections.abc import Callable, Iterable

from accounts.people import Person, avatar_url
from core import sql

CARD = "person.id, person.username, person.name, person.avatar"  # of `accounts_user AS person`, for a join


def card_of(user_id: int, username: str, name: str, avatar: str) -> Person:
    """Make a card of the columns in CARD."""
    return Person(user_id, username, name, avatar_url(avatar))


def people(user_ids: Iterable[int]) -> Callable[[], dict[int, Person]]:
    """Send for the cards of many people, in one query; call the answer for them."""
    found = sql.later(
        "SELECT id, username, name, avatar FROM accounts_user WHERE id = ANY(%s::bigint[])", list(user_ids)
    )
    return lambda: {row[0]: card_of(*row) for row in found()}
