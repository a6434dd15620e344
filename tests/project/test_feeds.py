"""The home feed in its three ways, which are one: lists in Redis, pulled people, SQL."""

import random
from datetime import timedelta

import pytest
import redis
from django.conf import settings

from accounts.models import Follow, User
from content import feedlists, queries
from content.models import Post
from core import clock, redis_client
from core.ids import id_at
from project import feeds
from tests.support.build import make_follow, make_post, make_users
from tests.support.services import running

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return redis_client.connect(settings.REDIS_URL, timeout_seconds=1)


@pytest.fixture(autouse=True)
def no_pause():
    yield
    feedlists._pause["until"] = 0.0


def ids(page):
    return [item.id for item in page.items]


def whole(viewer, *, limit):
    """All pages of a feed; each but the last is full."""
    pages = [queries.home_feed(viewer.id, limit=limit)]
    while pages[-1].next:
        pages.append(queries.home_feed(viewer.id, limit=limit, after=pages[-1].next))
    assert [len(page.items) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    return [post_id for page in pages for post_id in ids(page)]


def by_facts(viewer):
    """The feed as a recount of the facts has it."""
    followed = Follow.objects.filter(follower=viewer).values("followee")
    posts = Post.objects.visible_to(viewer.id).published()
    chosen = posts.filter(author__in=followed) | posts.filter(author=viewer)
    return list(chosen.order_by("-id").values_list("id", flat=True))


def posted(author, **fields):
    """A post, and what the worker does about it."""
    post = make_post(author, photos=0, **fields)
    hand_out(post)
    return post


def hand_out(post):
    feeds.announce(author_id=post.author_id, post_id=post.id, gone=False, ver=1)


def test_a_post_is_handed_to_a_list_that_is_there():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    queries.home_feed(ana.id)

    post = posted(ben)

    assert feedlists.read(ana.id).ids == [0, post.id]


def test_a_post_is_not_handed_to_people_who_read_no_feed(store):
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)

    posted(ben)

    assert store.exists(feedlists._key(ana.id), feedlists._mark(ana.id)) == 0


def test_a_post_that_went_before_it_was_handed_out_is_there_when_it_is_back():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    queries.home_feed(ana.id)
    post = make_post(ben, photos=0, archived_at=clock.now())

    told = feeds.announce(author_id=ben.id, post_id=post.id, gone=False, ver=1)
    Post.objects.update(archived_at=None)

    assert (told, ids(queries.home_feed(ana.id))) == (0, [post.id])


def test_a_post_keeps_the_list_that_it_is_handed_to(store):
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    queries.home_feed(ana.id)
    store.expire(feedlists._key(ana.id), 10)

    posted(ben)

    assert store.ttl(feedlists._key(ana.id)) == feedlists.ACTIVE_SECONDS


def test_a_post_is_handed_to_followers_beyond_a_batch(monkeypatch):
    monkeypatch.setattr(feeds, "FOLLOWERS_A_BATCH", 2)
    ben, *fans = make_users("ben", *(f"fan{number}" for number in range(5)))
    for fan in fans:
        make_follow(fan, ben)
        queries.home_feed(fan.id)

    post = posted(ben)

    assert [feedlists.read(fan.id).ids for fan in fans] == [[0, post.id]] * 5


def test_posts_of_a_person_above_the_threshold_are_pulled_and_stay_so(settings):
    settings.FEED_PULL_FOLLOWERS = 1
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    queries.home_feed(ana.id)
    User.objects.filter(pk=ben.pk).update(follower_count=2)
    first = posted(ben)
    User.objects.filter(pk=ben.pk).update(follower_count=1)
    second = posted(ben)

    assert (feedlists.read(ana.id).ids, ids(queries.home_feed(ana.id))) == ([0], [second.id, first.id])


def test_a_list_is_cut_and_the_feed_goes_on_in_sql(monkeypatch):
    monkeypatch.setattr(feedlists, "FILLED", 3)
    monkeypatch.setattr(feedlists, "ENTRIES", 5)
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    for _ in range(5):
        make_post(ben, photos=0)
    queries.home_feed(ana.id)
    for _ in range(6):
        posted(ben)

    assert len(feedlists.read(ana.id).ids) == 5
    assert whole(ana, limit=2) == by_facts(ana)


def test_a_page_goes_on_behind_what_is_hidden_at_the_top_of_a_list(monkeypatch):
    monkeypatch.setattr("content.queries.feed.SPARE", 1)
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    first, second, third = (make_post(ben, photos=0) for _ in range(3))
    queries.home_feed(ana.id)

    Post.objects.filter(pk=second.pk).update(deleted_at=clock.now())

    assert whole(ana, limit=1) == [third.id, first.id]


def test_a_post_that_is_published_late_stands_where_its_id_is():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    early = make_post(ben, photos=0, published=False)
    later = posted(ben)
    queries.home_feed(ana.id)

    Post.objects.filter(pk=early.pk).update(published_at=clock.now())

    assert ids(queries.home_feed(ana.id)) == [later.id, early.id]


def test_a_follow_is_in_the_next_page_that_is_read():
    ana, ben = make_users("ana", "ben")
    post = make_post(ben, photos=0)
    queries.home_feed(ana.id)

    make_follow(ana, ben)

    assert ids(queries.home_feed(ana.id)) == [post.id]


def test_a_list_that_redis_evicted_is_not_taken_for_whole(store):
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    early = [make_post(ben, photos=0, published=False) for _ in range(2)]
    later = make_post(ben, photos=0)
    queries.home_feed(ana.id)
    store.delete(feedlists._key(ana.id))
    Post.objects.update(published_at=clock.now())
    for post in early:
        hand_out(post)

    assert ids(queries.home_feed(ana.id, limit=1)) == [later.id]


def test_what_was_never_pushed_is_there_after_the_next_filling(monkeypatch):
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    queries.home_feed(ana.id)
    post = make_post(ben, photos=0)

    monkeypatch.setattr(feedlists, "FRESH_SECONDS", -1)

    assert ids(queries.home_feed(ana.id)) == [post.id]


def test_without_redis_the_feed_is_the_same(django_assert_num_queries):
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    post = make_post(ben)
    queries.home_feed(ana.id)
    running().valkey.stop()
    try:
        with django_assert_num_queries(3):
            assert ids(queries.home_feed(ana.id)) == [post.id]
        with pytest.raises(redis.RedisError):
            hand_out(post)
    finally:
        running().valkey.start()


@pytest.mark.parametrize("seed", range(3))
def test_the_three_ways_are_one_after_whatever_happens(seed, settings, monkeypatch, store):
    settings.FEED_PULL_FOLLOWERS = 2
    monkeypatch.setattr(feedlists, "FILLED", 4)
    monkeypatch.setattr(feedlists, "ENTRIES", 7)
    monkeypatch.setattr("content.queries.feed.SPARE", 1)
    chance = random.Random(seed)
    people = make_users(*(f"p{number}" for number in range(6)))
    viewer = people[0]
    steps = Steps(chance, viewer, people, store)

    for _ in range(50):
        name = chance.choice(("post", "post", "post", "late", "delete", "restore", "archive", "private", "suspend"))
        getattr(steps, chance.choice((name, "follow", "unfollow", "forget") if chance.random() < 0.4 else (name,)))()

        assert whole(viewer, limit=chance.randint(1, 5)) == by_facts(viewer), name


class Steps:
    """What can happen to a feed."""

    def __init__(self, chance, viewer, people, store):
        self.chance, self.viewer, self.people, self.store = chance, viewer, people, store

    def post(self):
        posted(self.chance.choice(self.people))

    def late(self):
        at = clock.now() - timedelta(milliseconds=self.chance.randint(1, 2_000))
        posted(self.chance.choice(self.people), id=id_at(at, shard=8_000, sequence=self.chance.randrange(1_024)))

    def delete(self):
        self._change(deleted_at=clock.now())

    def restore(self):
        self._change(deleted_at=None)

    def archive(self):
        self._change(published_at=self.chance.choice((None, clock.now())))

    def private(self):
        self._change_person(is_private=self.chance.random() < 0.5)

    def suspend(self):
        self._change_person(is_active=self.chance.random() < 0.6)

    def follow(self):
        follower, followee = self.chance.sample(self.people, 2)
        Follow.objects.get_or_create(follower=follower, followee=followee)
        self._count()

    def unfollow(self):
        followee = self.chance.choice(self.people)
        Follow.objects.filter(follower=self.chance.choice((self.viewer, *self.people)), followee=followee).delete()
        self._count()

    def forget(self):
        names = (feedlists._key(self.viewer.id), feedlists._mark(self.viewer.id))
        self.store.delete(*self.chance.sample(names, self.chance.randint(1, 2)))

    def _change(self, **fields):
        post_id = Post.objects.order_by("?").values_list("id", flat=True).first()
        Post.objects.filter(pk=post_id).update(**fields)

    def _change_person(self, **fields):
        User.objects.filter(pk=self.chance.choice(self.people[1:]).pk).update(**fields)

    def _count(self):
        for person in self.people:
            User.objects.filter(pk=person.pk).update(follower_count=person.followers.count())
