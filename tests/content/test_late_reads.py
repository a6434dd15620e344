"""What a replica finds and what it never answers: a real one, streaming, which a test may stop and hold back."""

import time
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts import queries as accounts
from accounts.models import Block
from content import queries
from content.models import Post
from content.ranking import rank_posts
from core import replica as late
from project.doctor import services as services_of_doctor
from realtime import log
from tests.support import services
from tests.support.build import make_post, make_user
from tests.support.replica import Replica
from tests.support.wait import until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", late.ALIAS])


@pytest.fixture(scope="module")
def server(django_db_setup):
    """The replica; Django knows it as DATABASE_REPLICA_URL would have it."""
    server = Replica(services.running().postgres)
    server.start()
    connections.settings[late.ALIAS] = connection.settings_dict | {"PORT": str(urlsplit(server.url).port)}
    yield server
    connections[late.ALIAS].close_pool()
    del connections[late.ALIAS], connections.settings[late.ALIAS]
    server.kill()


@pytest.fixture
def replica(server, transactional_db, monkeypatch):
    """The replica, near; the test alone measures how late it is."""
    monkeypatch.setattr(late.Watch, "_run", lambda _: None)
    watch = late.Watch()
    monkeypatch.setattr(late, "watch", lambda: watch)
    server.start()
    catch_up(server)
    yield server
    server.start()
    server.ask("SELECT pg_wal_replay_resume()")
    connections[late.ALIAS].close()
    connections[late.ALIAS].close_pool()


def catch_up(server):
    """Wait until the replica has all there is, and have it measured."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()")
        ((position,),) = cursor.fetchall()
    until(lambda: server.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == [(True,)])
    until(measured)


def measured():
    late.watch().measure()
    return late.watch().is_near()


@pytest.fixture
def world(replica):
    """Ben is seen by ana, who follows nobody; his posts are ranked, and have a hashtag."""
    ana, ben = make_user("ana"), make_user("ben")
    posts = [make_post(ben, caption="dawn #sea") for _ in range(3)]
    rank_posts()
    catch_up(replica)
    return ana, ben, [post.id for post in reversed(posts)]


FINDERS = {
    "explore": lambda ana: queries.explore(ana.id),
    "search": lambda ana: queries.search(ana.id, "dawn", kind="posts").posts,
    "tag": lambda ana: queries.tag_posts(ana.id, "sea"),
    "profile": lambda ana: queries.user_posts(ana.id, "ben"),
}


def asked(work):
    """Do some work; answer what it gave, and how many statements went to the replica."""
    with CaptureQueriesContext(connections[late.ALIAS]) as there:
        given = work()
    return given, len(there)


@pytest.mark.parametrize("finder", FINDERS)
def test_posts_are_found_by_the_replica(world, finder):
    ana, _, ids = world

    page, there = asked(lambda: FINDERS[finder](ana))

    assert sorted((card.id for card in page.items), reverse=True) == ids
    assert there == 1 if finder != "search" else 2  # few posts say it: the index is asked as well


def test_people_and_hashtags_are_found_by_the_replica(world):
    ana, ben, _ = world

    people, asked_for_people = asked(lambda: queries.search(ana.id, "ben", kind="people").people)
    tags, asked_for_tags = asked(lambda: queries.search(ana.id, "sea", kind="tags").tags)

    assert [person.id for person in people.items] == [ben.id]
    assert [(tag.name, tag.post_count) for tag in tags.items] == [("sea", 3)]
    assert (asked_for_people, asked_for_tags) == (1, 1)


@pytest.mark.parametrize("finder", FINDERS)
def test_the_primary_decides_what_may_be_shown_however_late_the_replica_is(world, replica, finder):
    ana, _ben, ids = world
    replica.ask("SELECT pg_wal_replay_pause()")
    late.watch().measure()

    Post.objects.filter(pk=ids[1]).update(caption="secret", visibility="followers")
    page, there = asked(lambda: FINDERS[finder](ana))

    assert there > 0
    assert sorted((card.id for card in page.items), reverse=True) == [ids[0], ids[2]]


def test_a_block_counts_at_once(world, replica):
    ana, ben, _ = world
    replica.ask("SELECT pg_wal_replay_pause()")
    late.watch().measure()

    Block.objects.create(blocker=ben, blocked=ana)

    found = queries.search(ana.id, "dawn")
    assert (found.people.items, found.tags.items, found.posts.items) == ([], [], [])
    assert queries.explore(ana.id).items == []


NEVER = {
    "home": lambda ana, ben, ids: queries.home_page(ana.id),
    "post": lambda ana, ben, ids: queries.post_page(ana.id, ids[0]),
    "own profile": lambda ana, ben, ids: queries.profile_page(ben.id, "ben"),
    "likes": lambda ana, ben, ids: queries.likes_page(ana.id, ids[0]),
    "comments": lambda ana, ben, ids: queries.comments_page(ana.id, ids[0]),
    "counts": lambda ana, ben, ids: queries.visible_counts(ana.id, ids),
    "own settings": lambda ana, ben, ids: accounts.own_profile(ana.id),
    "heads": lambda ana, ben, ids: log.heads([ana.id]),
}


@pytest.mark.parametrize("read", NEVER)
def test_what_may_not_be_late_never_asks_the_replica(world, read):
    assert asked(lambda: NEVER[read](*world))[1] == 0


def test_who_has_just_written_asks_the_primary(world):
    ana, _, _ids = world
    token = late._pinned.set(True)
    try:
        page, there = asked(lambda: queries.explore(ana.id))
    finally:
        late._pinned.reset(token)

    assert (len(page.items), there) == (3, 0)


def test_a_replica_that_is_late_is_not_asked(world, replica, settings):
    ana, ben, ids = world
    settings.REPLICA_LAG_SECONDS = 0.2
    replica.ask("SELECT pg_wal_replay_pause()")
    newest = make_post(ben, caption="dawn #sea").id
    late.watch().measure()
    time.sleep(0.25)
    late.watch().measure()

    page, there = asked(lambda: queries.tag_posts(ana.id, "sea"))

    assert ([card.id for card in page.items], there) == ([newest, *ids], 0)


def test_an_idle_replica_is_near(world, settings):
    settings.REPLICA_LAG_SECONDS = 0.2
    time.sleep(0.25)

    assert measured()


def test_a_replica_that_dies_in_between_costs_nobody_an_answer_and_is_left_alone(world, replica):
    ana, _, ids = world
    replica.kill()

    page = queries.tag_posts(ana.id, "sea")

    assert [card.id for card in page.items] == ids
    assert not late.is_near()


def test_pages_go_on_where_the_primary_has_dropped_what_the_replica_found(world, replica):
    ana, _, ids = world
    replica.ask("SELECT pg_wal_replay_pause()")
    late.watch().measure()

    Post.objects.filter(pk=ids[0]).update(visibility="followers")
    page = queries.tag_posts(ana.id, "sea", limit=1)

    assert ([card.id for card in page.items], page.next is not None) == ([ids[1]], True)


def test_doctor_says_how_far_the_replica_is_behind(replica):
    catch_up(replica)
    well = next(services_of_doctor.standby())
    replica.ask("SELECT pg_wal_replay_pause()")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(false, 'test', repeat('x', 17 * 1024 * 1024), true)")

    late_one = next(services_of_doctor.standby())

    assert (well.state, late_one.state) == ("ok", "warn")
    assert late_one.said == "It is 17 MiB behind: the primary does its work."
