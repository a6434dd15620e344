"""Lists of people as pages show them: beside each, how the viewer stands to them. Decides nothing of its own."""

from dataclasses import dataclass

from accounts.people import Known, Person
from accounts.queries.people import People, followers, following, relations
from core.cursors import Page


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """A page of a person's followers, or of those they follow, each with what a follow button needs."""

    person: Person
    page: Page[Known]


def known_followers(username: str, *, viewer_id: int, after: str | None = None) -> KnownPeople:
    """A page of those who follow a person, as `followers` has it, in three queries.

    Raises:
        NotFound: if there is no such person, or they are not open to the viewer.
        Invalid: if `after` is not a cursor.
    """
    return _known(followers(username, viewer_id=viewer_id, after=after), viewer_id)


def known_following(username: str, *, viewer_id: int, after: str | None = None) -> KnownPeople:
    """A page of those whom a person follows, as `following` has it, in three queries.

    Raises:
        NotFound: if there is no such person, or they are not open to the viewer.
        Invalid: if `after` is not a cursor.
    """
    return _known(following(username, viewer_id=viewer_id, after=after), viewer_id)


def known(people: list[Person], viewer_id: int) -> list[Known]:
    """How a viewer stands to each of some people, in one query; who has gone meanwhile is missing."""
    found = relations(viewer_id, [person.id for person in people])
    return [Known(person, *found[person.id]) for person in people if person.id in found]


def _known(people: People, viewer_id: int) -> KnownPeople:
    return KnownPeople(people.person, Page(known(people.page.items, viewer_id), people.page.next))
