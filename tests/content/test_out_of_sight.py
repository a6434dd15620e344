"""Facts about the archive and about deletion: who loses sight of a post, what comes back, what goes for good."""

from datetime import timedelta

import pytest

from accounts.models import User
from content import actions, queries
from content.models import RESTORABLE, Like, Media, MediaState, Post
from core import clock
from core.problems import Conflict, Forbidden, NotFound
from events import types
from notifications import queries as notifications
from project.rebuild import rebuild
from tests.support.build import make_comment, make_follow, make_like, make_media, make_post, make_save, make_users
from tests.support.draining import drain_all

pytestmark = pytest.mark.django_db

OUT = {"archived": actions.archive_post, "deleted": actions.delete_post}
BACK = {"archived": actions.unarchive_post, "deleted": actions.restore_post}


@pytest.fixture
def people():
    return make_users("ana", "ben")


def ids(page):
    return [card.id for card in page.items]


def stands(author):
    """All that is derived from a person's posts: their number, the counts of each, the groups, the badge."""
    author.refresh_from_db()
    groups = notifications.notification_page(author.id).items
    return (
        author.post_count,
        list(Post.objects.values_list("id", "like_count", "comment_count")),
        sorted((group.kind, group.actor_count) for group in groups),
        notifications.unread_count(author.id),
        ids(queries.user_posts(author.id, author.username)),
        ids(queries.home_feed(author.id)),
    )


def liked_and_commented(author, fan):
    post = make_post(author)
    User.objects.filter(id=author.id).update(post_count=1)
    actions.like_post(post_id=post.id, actor_id=fan.id)
    actions.comment(post_id=post.id, actor_id=fan.id, text="Lovely.")
    drain_all()
    return post


@pytest.mark.parametrize("way", OUT)
def test_a_post_out_of_sight_is_gone_everywhere(people, way):
    ana, ben = people
    post = liked_and_commented(ana, ben)
    make_follow(ben, ana)

    OUT[way](post_id=post.id, actor_id=ana.id)
    drain_all()

    assert stands(ana) == (0, [(post.id, 1, 1)], [], 0, [], [])
    assert ids(queries.home_feed(ben.id)) == []
    assert queries.latest_public() == []
    with pytest.raises(NotFound):
        queries.post_card(ben.id, post.id)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("way", OUT)
def test_a_post_that_comes_back_is_as_it_was(people, way, together):
    ana, ben = people
    post = liked_and_commented(ana, ben)
    before = stands(ana)

    OUT[way](post_id=post.id, actor_id=ana.id)
    if not together:
        drain_all()
    BACK[way](post_id=post.id, actor_id=ana.id)
    drain_all()

    assert stands(ana) == before


@pytest.mark.parametrize("way", OUT)
def test_a_like_drained_while_the_post_is_out_of_sight_comes_back_with_it(people, way):
    ana, ben = people
    post = make_post(ana)
    actions.like_post(post_id=post.id, actor_id=ben.id)
    Post.objects.filter(id=post.id).update(**{f"{way}_at": clock.now()})

    drain_all()
    during = stands(ana)[2:4]
    BACK[way](post_id=post.id, actor_id=ana.id)
    drain_all()

    assert (during, stands(ana)[2:4]) == (([], 0), ([("like", 1)], 1))


@pytest.mark.parametrize("way", OUT)
def test_the_number_of_posts_is_what_a_recount_finds(people, way):
    ana, ben = people
    post = liked_and_commented(ana, ben)
    OUT[way](post_id=post.id, actor_id=ana.id)
    drain_all()

    assert list(rebuild(dry_run=True)) == []


def test_archive_post_twice_announces_once(people, recorded):
    ana, _ = people
    post = make_post(ana)

    card = actions.archive_post(post_id=post.id, actor_id=ana.id)
    actions.archive_post(post_id=post.id, actor_id=ana.id)

    assert (card.archived, ids(queries.archived_posts(ana.id))) == (True, [post.id])
    assert recorded() == [types.PostDeleted(post_id=post.id, author_id=ana.id, published=True, archived=True)]


def test_unarchive_post_twice_announces_once(people, recorded):
    ana, _ = people
    post = make_post(ana, archived_at=clock.now())

    card = actions.unarchive_post(post_id=post.id, actor_id=ana.id)
    actions.unarchive_post(post_id=post.id, actor_id=ana.id)

    assert (card.archived, ids(queries.archived_posts(ana.id))) == (False, [])
    assert recorded() == [types.PostPublished(post_id=post.id, author_id=ana.id, again=True)]


def test_a_post_that_waits_cannot_be_archived(people):
    ana, _ = people
    post = make_post(ana, published=False)

    with pytest.raises(Conflict):
        actions.archive_post(post_id=post.id, actor_id=ana.id)


@pytest.mark.parametrize("action", [*OUT.values(), actions.unarchive_post])
def test_a_post_of_somebody_else_cannot_be_moved(people, action):
    ana, ben = people
    post = make_post(ana)

    with pytest.raises(Forbidden):
        action(post_id=post.id, actor_id=ben.id)


def test_the_author_opens_an_archived_post_by_its_address(people):
    ana, _ = people
    post = make_post(ana, archived_at=clock.now())

    assert queries.post_page(ana.id, post.id).post.archived is True


@pytest.mark.parametrize("listing", [queries.archived_posts, queries.deleted_posts, queries.saved_posts])
def test_own_lists_hold_nothing_of_others(people, listing):
    ana, ben = people
    make_post(ana, archived_at=clock.now())
    make_post(ana, deleted_at=clock.now())
    make_save(make_post(ana), ana)

    assert ids(listing(ben.id)) == []


def test_a_deleted_archived_post_comes_back_into_the_archive(people, recorded):
    ana, _ = people
    post = make_post(ana, archived_at=clock.now())

    actions.delete_post(post_id=post.id, actor_id=ana.id)
    actions.restore_post(post_id=post.id, actor_id=ana.id)

    assert ids(queries.archived_posts(ana.id)) == [post.id]
    assert recorded() == [types.PostDeleted(post_id=post.id, author_id=ana.id, published=False)]


def test_a_post_whose_photos_became_ready_while_deleted_is_published_when_restored(people, recorded):
    ana, _ = people
    post = make_post(ana, published=False, deleted_at=clock.now())
    post.media.update(state=MediaState.READY)

    card = actions.restore_post(post_id=post.id, actor_id=ana.id)

    assert card.published is True
    assert recorded() == [types.PostPublished(post_id=post.id, author_id=ana.id)]


def test_a_post_deleted_too_long_ago_is_neither_listed_nor_restored(people):
    ana, _ = people
    post = make_post(ana, deleted_at=clock.now() - RESTORABLE - timedelta(seconds=1))

    assert ids(queries.deleted_posts(ana.id)) == []
    with pytest.raises(NotFound):
        actions.restore_post(post_id=post.id, actor_id=ana.id)


@pytest.mark.parametrize("action", [actions.restore_post, actions.purge_post])
def test_a_deleted_post_of_somebody_else_is_not_found(people, action):
    ana, ben = people
    post = make_post(ana, deleted_at=clock.now())

    with pytest.raises(NotFound):
        action(post_id=post.id, actor_id=ben.id)


@pytest.mark.parametrize("action", [actions.restore_post, actions.purge_post])
def test_a_post_that_is_not_deleted_is_neither_restored_nor_purged(people, action):
    ana, _ = people
    post = make_post(ana)

    with pytest.raises(NotFound):
        action(post_id=post.id, actor_id=ana.id)


def test_purge_post_leaves_nothing(people, media_root):
    ana, ben = people
    post = liked_and_commented(ana, ben)
    media = make_media(ana, post=post, files=True)
    actions.delete_post(post_id=post.id, actor_id=ana.id)
    drain_all()

    actions.purge_post(post_id=post.id, actor_id=ana.id)
    drain_all()
    actions.purge(media_ids=list(Media.objects.values_list("id", flat=True)))

    assert (Post.objects.count(), Like.objects.count(), Media.objects.count()) == (0, 0, 0)
    assert not (media_root / media.folder).exists()
    assert stands(ana) == (0, [], [], 0, [], [])


def test_a_like_drained_after_the_purge_makes_no_group(people):
    ana, ben = people
    post = make_post(ana)
    actions.like_post(post_id=post.id, actor_id=ben.id)
    actions.delete_post(post_id=post.id, actor_id=ana.id)
    actions.purge_post(post_id=post.id, actor_id=ana.id)

    drain_all()

    assert stands(ana)[2:4] == ([], 0)


def test_purge_posts_removes_what_is_past_its_time_alone(people, recorded):
    ana, _ = people
    kept = [make_post(ana), make_post(ana, deleted_at=clock.now())]
    old = make_post(ana, deleted_at=clock.now() - RESTORABLE - timedelta(seconds=1))

    actions.purge_posts()

    assert sorted(Post.objects.values_list("id", flat=True)) == sorted(post.id for post in kept)
    assert recorded() == [types.PostPurged(post_id=old.id, author_id=ana.id)]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("listing", "queries_a_page"), [("archived_posts", 2), ("deleted_posts", 2), ("saved_posts", 3)]
)
def test_own_lists_cost_the_same(people, django_assert_num_queries, listing, queries_a_page, count):
    ana, ben = people
    for _ in range(count):
        make_post(ana, archived_at=clock.now())
        make_post(ana, deleted_at=clock.now())
        saved = make_post(ben)
        make_save(saved, ana)
        make_comment(saved, ben)
        make_like(saved, ben)

    with django_assert_num_queries(queries_a_page):
        page = getattr(queries, listing)(ana.id)

    assert len(page.items) == count
