"""People's cards in plain SQL, for the frames of the drain, which runs for every like. Asks no policy."""

from accounts.people import Person, avatar_url

CARD = "person.id, person.username, person.name, person.avatar"  # of `accounts_user AS person`, for a join


def card_of(user_id: int, username: str, name: str, avatar: str) -> Person:
    """Make a card of the columns in CARD."""
    return Person(user_id, username, name, avatar_url(avatar))
