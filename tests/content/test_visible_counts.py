"""The counts of posts for many viewers at once: the same policy as for one."""

import pytest

from content import queries
from core import clock
from tests.support.build import make_block, make_follow, make_post, make_request, make_user, make_users

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A post of each kind of author, and a viewer of each kind; each pair is a case."""
    open_one, private, blocking, gone = (
        make_user("open"),
        make_user("private", is_private=True),
        make_user("blocking"),
        make_user("gone", is_active=False),
    )
    stranger, fan, waiting, enemy = make_users("stranger", "fan", "waiting", "enemy")
    for author in (open_one, private, blocking, gone):
        make_follow(fan, author)
    make_request(waiting, private)
    make_block(blocking, stranger)
    make_block(enemy, open_one)
    authors = [open_one, private, blocking, gone]
    posts = [make_post(author, like_count=3, ver=5) for author in authors]
    posts += [make_post(author, published=False) for author in authors]
    posts += [make_post(author, deleted_at=clock.now()) for author in authors]
    posts += [make_post(author, archived_at=clock.now()) for author in authors]
    posts += [make_post(author, visibility="followers") for author in authors]
    return [None, *(person.id for person in (stranger, fan, waiting, enemy, *authors))], [post.id for post in posts]


def test_visible_counts_for_is_the_policy_of_one_viewer(world):
    viewers, posts = world

    found = queries.visible_counts_for([(viewer, post) for viewer in viewers for post in posts])

    one_by_one = {
        (viewer, post): counts for viewer in viewers for post, counts in queries.visible_counts(viewer, posts).items()
    }
    assert found == one_by_one
    assert 0 < len(found) < len(viewers) * len(posts)


@pytest.mark.parametrize("count", [1, 3])
def test_visible_counts_for_in_one_query(django_assert_num_queries, count):
    posts = [make_post(make_user(f"p{number}")) for number in range(count)]

    with django_assert_num_queries(1):
        queries.visible_counts_for([(post.author_id, post.id) for post in posts])


def test_visible_counts_for_nothing_is_nothing():
    assert queries.visible_counts_for([]) == {}
