"""The topics: who may watch which, and what it shows, on the real server, worker and Redis."""

import pytest
from django.db import transaction

from accounts import actions as people
from accounts.models import User
from content import actions
from content.models import Post
from core import clock
from events import outbox
from events.types import PostPublished
from realtime import presence, protocol
from tests.support.build import make_comment, make_follow, make_post, make_user


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def ben(stack):
    return make_user("ben")


@pytest.fixture
def friends(ana, ben):
    make_follow(ana, ben)
    make_follow(ben, ana)
    return ana, ben


def publish(post):
    """Announce a post as the last of its photos does."""
    with transaction.atomic():
        Post.objects.filter(id=post.id).update(published_at=clock.now())
        outbox.record(PostPublished(post_id=post.id, author_id=post.author_id), for_user=post.author_id)


def watching(open_socket, user, *topics):
    client = open_socket(user)
    client.hello(topics=topics)
    client.start = client.next("ok") if topics else None
    return client


def test_typing_is_shown_to_the_others_who_watch(open_socket, ana, ben):
    topic = f"post:{make_post(ana).id}"
    reader, writer = watching(open_socket, ana, topic), watching(open_socket, ben, topic)

    writer.send(t="typing", topic=topic)

    typing = {"id": str(ben.id), "username": "ben"}
    assert reader.next("eph") == {"t": "eph", "topic": topic, "d": {"typing": typing}, "ttl": 5000}


def test_typing_is_shown_once_in_three_seconds(open_socket, ana, ben):
    topic = f"post:{make_post(ana).id}"
    reader, writer = watching(open_socket, ana, topic), watching(open_socket, ben, topic)

    for _ in range(5):
        writer.send(t="typing", topic=topic)
    reader.next("eph")

    assert reader.nothing(0.3, "eph") == []


def test_typing_under_a_post_that_is_not_watched_is_shown_to_nobody(open_socket, ana, ben):
    topic = f"post:{make_post(ana).id}"
    reader, writer = watching(open_socket, ana, topic), watching(open_socket, ben)

    writer.send(t="typing", topic=topic)

    assert reader.nothing(0.3, "eph") == []


def test_presence_of_a_mutual_follower_is_told(open_socket, friends):
    ana, ben = friends
    watcher = watching(open_socket, ana, "presence:ben")
    assert watcher.start["topics"]["presence:ben"]["snap"] == {"online": False}

    other = open_socket(ben)
    other.hello()
    assert watcher.next("eph")["d"] == {"online": True}
    assert watching(open_socket, ana, "presence:ben").start["topics"]["presence:ben"]["snap"] == {"online": True}

    other.close()
    gone = watcher.next("eph", timeout=presence.LINGER_SECONDS + 5, where=lambda frame: not frame["d"]["online"])
    assert gone["topic"] == "presence:ben"


@pytest.mark.parametrize("hidden", ["ana", "ben"])
def test_who_hides_their_presence_neither_shows_nor_sees_any(open_socket, friends, hidden):
    User.objects.filter(username=hidden).update(shows_presence=False)

    watcher = watching(open_socket, friends[0], "presence:ben")

    assert watcher.start["denied"] == {"presence:ben": protocol.Error.UNKNOWN_TOPIC}


def test_presence_needs_both_to_follow(open_socket, ana, ben):
    make_follow(ana, ben)

    watcher = watching(open_socket, ana, "presence:ben", "presence:nobody")

    assert watcher.start["denied"] == dict.fromkeys(("presence:ben", "presence:nobody"), protocol.Error.UNKNOWN_TOPIC)


def test_a_visitor_has_neither_feed_nor_presence(open_socket, ben):
    watcher = watching(open_socket, None, "feed", "presence:ben")

    assert watcher.start["denied"] == dict.fromkeys(("feed", "presence:ben"), protocol.Error.UNKNOWN_TOPIC)


def test_another_persons_feed_is_no_topic(open_socket, ana, ben):
    watcher = watching(open_socket, ana, f"feed:{ben.id}", f"feed:{ana.id}")

    assert sorted(watcher.start["denied"]) == sorted([f"feed:{ben.id}", f"feed:{ana.id}"])


def test_a_profile_shows_its_numbers_as_they_change(open_socket, ana, ben):
    visitor = watching(open_socket, None, "profile:ana")
    start = visitor.start["topics"]["profile:ana"]
    assert start["snap"] == {"followers": 0, "following": 0, "posts": 0}

    people.follow_user(username="ana", actor_id=ben.id)
    followed = visitor.next("st")
    people.unfollow_user(username="ana", actor_id=ben.id)
    left = visitor.next("st")

    assert followed["d"] == {"followers": 1, "following": 0, "posts": 0, "added": [], "removed": []}
    assert left["d"]["followers"] == 0
    assert left["ver"] > followed["ver"] > start["ver"]


def test_a_private_profile_is_a_topic_of_its_followers(open_socket, ana, ben):
    make_follow(ben, ana)
    User.objects.filter(id=ana.id).update(is_private=True)
    clients = [watching(open_socket, user, "profile:ana") for user in (None, make_user("chloe"), ben, ana)]

    assert [bool(client.start["denied"]) for client in clients] == [True, True, False, False]


def test_a_post_reaches_the_feeds_of_followers_and_its_removal_too(open_socket, ana, ben):
    make_follow(ben, ana)
    follower, stranger = (watching(open_socket, user, "feed") for user in (ben, make_user("chloe")))
    post = make_post(ana, published=False)

    publish(post)
    shown = follower.next("st")
    actions.delete_post(post_id=post.id, actor_id=ana.id)
    removed = follower.next("st")

    assert (shown["topic"], shown["d"]) == ("feed", {"post": str(post.id), "author": str(ana.id)})
    assert removed["d"] == {"removed": str(post.id)}
    assert removed["ver"] > shown["ver"]
    assert stranger.nothing(0.2) == []


def test_comments_of_two_people_at_once_come_with_versions_of_their_own(open_socket, stack, ana, ben):
    post = make_post(ana)
    reader = watching(open_socket, None, f"post:{post.id}")
    before = reader.start["topics"][f"post:{post.id}"]["ver"]
    stack.worker.stop()

    for user in (ana, ben, ana):
        actions.comment(post_id=post.id, actor_id=user.id, text=f"by {user.username}")
    stack.worker.start()
    frames = [reader.next("st") for _ in range(2)]

    assert [[each["text"] for each in frame["d"]["added"]] for frame in frames] == [["by ana", "by ana"], ["by ben"]]
    assert [frame["ver"] for frame in frames] == [before + 1, before + 2]


def test_a_deleted_comment_is_taken_back_from_those_who_read(open_socket, ana):
    post = make_post(ana)
    comment = make_comment(post, ana)
    reader = watching(open_socket, None, f"post:{post.id}")
    type(post).objects.filter(id=post.id).update(comment_count=1)

    actions.delete_comment(comment_id=comment.id, actor_id=ana.id)

    frame = reader.next("st")
    assert (frame["d"]["removed"], frame["d"]["comment_count"]) == ([str(comment.id)], 0)


def test_operators_topic_is_for_nobody_without_a_second_factor(open_socket, ana):
    staff = make_user("operator", is_staff=True)

    answers = [watching(open_socket, user, "ops").start["denied"] for user in (None, ana, staff)]

    assert answers == [{"ops": 110}] * 3


def test_a_socket_watches_so_many_topics_and_no_more(open_socket, ana):
    client = open_socket(ana)
    client.hello()

    for number in range(3):
        posts = [make_post(ana, photos=0) for _ in range(protocol.MAX_TOPICS // 3 + 1)]
        client.send(t="sub", id=number, topics=[f"post:{post.id}" for post in posts])
    answers = [client.next("ok", "err") for _ in range(3)]

    assert [answer["t"] for answer in answers] == ["ok", "ok", "err"]
