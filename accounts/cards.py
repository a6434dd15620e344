"""People in plain SQL, for what runs for every like or every page of a feed: their cards, and who is muted."""

from accounts.people import Person, avatar_url

CARD = "person.id, person.username, person.name, person.avatar"  # of `accounts_user AS person`, for a join

# Whether somebody has not muted somebody, as `policies.unmuted_by` says it; {muter} and {muted} are SQL.
UNMUTED = (
    "NOT EXISTS (SELECT FROM accounts_mute WHERE muter_id = {muter} AND muted_id = {muted}"
    " AND (until IS NULL OR until > now()))"
)


def card_of(user_id: int, username: str, name: str, avatar: str) -> Person:
    """Make a card of the columns in CARD."""
    return Person(user_id, username, name, avatar_url(avatar))
