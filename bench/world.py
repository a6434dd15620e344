"""Whom and what the measurements need in the database: people with tokens, posts. Facts only, nothing announced."""

import secrets
from dataclasses import dataclass

from accounts.models import Token, User
from accounts.queries import digest_of
from content.models import Post
from tests.support.build import make_post

Like = tuple[int, int]  # post, actor


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in by a bearer token."""

    id: int
    token: str


def make_people(count: int) -> list[Person]:
    """People, each with a token; in a few statements, since thousands are wanted."""
    name = secrets.token_hex(4)
    User.objects.bulk_create(
        User(username=f"b{name}_{number}", email=f"{name}{number}@example.org", password="!") for number in range(count)
    )
    made = User.objects.filter(username__startswith=f"b{name}_").values_list("id", flat=True)
    people = [Person(user_id, secrets.token_urlsafe(32)) for user_id in made]
    Token.objects.bulk_create(Token(user_id=one.id, digest=digest_of(one.token), name="bench") for one in people)
    return people


def make_posts(author: Person, count: int) -> list[Post]:
    """Published posts of one photo each."""
    user = User.objects.get(pk=author.id)
    return [make_post(user) for _ in range(count)]


def make_likes(author: Person, fans: list[Person], count: int) -> list[Like]:
    """As many different likes as are wanted, to be given: all fans like one post, then the next."""
    posts = make_posts(author, -(-count // len(fans)))
    return [(post.id, fan.id) for post in posts for fan in fans][:count]
