"""People's cards by id, for the frames of the drain: plain SQL, since it runs for every like. Asks no policy."""

from collections.abc import Callable, Iterable

from accounts.people import Person, avatar_url
from core import sql


def people(user_ids: Iterable[int]) -> Callable[[], dict[int, Person]]:
    """Send for the cards of many people, in one query; call the answer for them."""
    found = sql.later(
        "SELECT id, username, name, avatar FROM accounts_user WHERE id = ANY(%s::bigint[])", list(user_ids)
    )
    return lambda: {
        user_id: Person(user_id, username, name, avatar_url(avatar)) for user_id, username, name, avatar in found()
    }
