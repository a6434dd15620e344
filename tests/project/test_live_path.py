"""A like, a comment and a follow from the REST call to the socket, on the real stack; and their undoing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts.models import User
from content.models import Like, Post
from events.models import OutboxRow
from notifications.models import Entry, Group
from realtime import log
from tests.support.build import make_post, make_user, make_users
from tests.support.wait import until


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def ben(stack):
    return make_user("ben")


@pytest.fixture
def post(ana):
    return make_post(ana)


def listen(open_socket, user, **options):
    client = open_socket(user)
    client.hello(**options)
    return client


def test_a_like_reaches_the_author_as_a_notification(api, open_socket, ana, ben, post):
    socket = listen(open_socket, ana)

    answer = api(ben).put(f"/posts/{post.id}/like").json()

    assert answer == {"liked": True, "like_count": 1, "ver": 0}
    frame = socket.event("notification")
    group = frame["d"]["group"]
    assert (group["kind"], group["post"]["id"], group["actor_count"]) == ("like", str(post.id), 1)
    assert frame["d"]["entry"]["actor"]["username"] == "ben"
    assert frame["d"]["unread"] == 1


def test_a_like_reaches_the_likers_other_devices_with_its_mutation_id(api, open_socket, ben, post):
    socket = listen(open_socket, ben)

    api(ben).put(f"/posts/{post.id}/like", headers={"Idempotency-Key": "m-1"})

    frame = socket.event("post.liked")
    assert (frame["mut"], frame["d"]) == ("m-1", {"post": str(post.id), "liked": True, "like_count": 1, "ver": 1})


def test_a_like_reaches_whoever_has_the_post_on_the_screen(api, open_socket, ben, post):
    visitor = listen(open_socket, None)
    visitor.send(t="view", add=[str(post.id)])
    assert visitor.next("cnt")["d"] == {str(post.id): [0, 0, 0]}

    api(ben).put(f"/posts/{post.id}/like")

    assert visitor.next("cnt")["d"] == {str(post.id): [1, 1, 0]}


def test_unlike_retracts_the_notification_and_the_count(api, open_socket, ana, ben, post):
    socket = listen(open_socket, ana)
    socket.send(t="view", add=[str(post.id)])
    api(ben).put(f"/posts/{post.id}/like")
    group_id = socket.event("notification")["d"]["group"]["id"]

    api(ben).delete(f"/posts/{post.id}/like")

    frame = socket.event("notification.retracted")
    assert (frame["d"]["id"], frame["d"]["group"], frame["d"]["unread"]) == (group_id, None, 0)
    assert socket.next("cnt", where=lambda frame: frame["d"][str(post.id)][0] == 2)["d"] == {str(post.id): [2, 0, 0]}


def test_a_comment_reaches_the_author_and_whoever_reads_the_post(api, open_socket, ana, ben, post):
    author = listen(open_socket, ana)
    reader = listen(open_socket, None, topics=[f"post:{post.id}"])
    assert reader.next("ok")["denied"] == {}

    made = api(ben).post(f"/posts/{post.id}/comments", json={"text": "What a light!"}).json()

    assert author.event("notification")["d"]["entry"]["text"] == "What a light!"
    shown = reader.next("st")["d"]
    assert ([comment["id"] for comment in shown["added"]], shown["comment_count"]) == ([made["id"]], 1)


def test_deleting_a_comment_retracts_it_everywhere(api, open_socket, ana, ben, post):
    author = listen(open_socket, ana)
    reader = listen(open_socket, None, topics=[f"post:{post.id}"])
    made = api(ben).post(f"/posts/{post.id}/comments", json={"text": "Oops"}).json()
    author.event("notification")
    reader.next("st")

    api(ben).delete(f"/comments/{made['id']}")

    assert author.event("notification.retracted")["d"]["group"] is None
    assert reader.next("st")["d"] == {"comment_count": 0, "added": [], "removed": [made["id"]]}


def test_a_follow_reaches_the_followed_person(api, open_socket, ana, ben):
    socket = listen(open_socket, ana)

    api(ben).put("/users/ana/follow")

    assert socket.event("notification")["d"]["group"]["kind"] == "follow"
    assert User.objects.get(pk=ana.pk).follower_count == 1


def test_unfollow_retracts_the_notification(api, open_socket, ana, ben):
    socket = listen(open_socket, ana)
    api(ben).put("/users/ana/follow")
    socket.event("notification")

    api(ben).delete("/users/ana/follow")

    assert socket.event("notification.retracted")["d"]["unread"] == 0
    assert User.objects.get(pk=ana.pk).follower_count == 0


def test_reading_reaches_the_readers_other_devices(api, open_socket, ana, ben, post):
    socket = listen(open_socket, ana)
    api(ben).put(f"/posts/{post.id}/like")
    group_id = socket.event("notification")["d"]["group"]["id"]

    api(ana).post("/notifications/read", json={"ids": [group_id]})

    assert socket.event("notification.read")["d"] == {"ids": [group_id], "up_to": None, "unread": 0}


def test_a_client_that_was_away_gets_exactly_what_it_missed(api, open_socket, ana, ben):
    posts = [make_post(ana) for _ in range(3)]
    first = listen(open_socket, ana)
    api(ben).put(f"/posts/{posts[0].id}/like")
    first.event("notification")
    first.close()
    for post in posts[1:]:
        api(ben).put(f"/posts/{post.id}/like")
    until(lambda: log.heads([ana.id]) == {ana.id: 3})

    second = open_socket(ana)
    welcome = second.hello(cursor=first.cursor)
    frames = second.events(2, "notification")

    assert welcome["resume"] == "replaying"
    assert [frame["d"]["group"]["post"]["id"] for frame in frames] == [str(post.id) for post in posts[1:]]
    assert second.nothing() == []


def test_forty_people_who_like_one_post_twice_are_forty_likes(api, open_socket, ana, post):
    people = make_users(*(f"fan{number}" for number in range(40)))
    socket = listen(open_socket, ana)
    clients = [api(person) for person in people]

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda client: client.put(f"/posts/{post.id}/like").status_code, clients * 2))

    socket.events(40, "notification")
    assert answers == [200] * 80
    assert Like.objects.filter(post=post).count() == 40
    assert Post.objects.get(pk=post.pk).like_count == 40
    assert list(Group.objects.values_list("recipient_id", "actor_count")) == [(ana.id, 40)]
    assert (Entry.objects.count(), OutboxRow.objects.count()) == (40, 0)


def test_likes_made_while_the_worker_is_dead_arrive_once_and_in_order(stack, api, open_socket, ana, ben):
    posts = [make_post(ana) for _ in range(20)]
    socket = listen(open_socket, ana)
    client = api(ben)
    stack.worker.kill()
    for post in posts:
        client.put(f"/posts/{post.id}/like").raise_for_status()

    stack.worker.start()

    frames = socket.events(20, "notification", timeout=40)
    assert [frame["d"]["group"]["post"]["id"] for frame in frames] == [str(post.id) for post in posts]
    assert [frame["seq"] for frame in frames] == list(range(1, 21))
    assert socket.nothing() == []


def test_likes_made_while_redis_is_down_arrive_and_sockets_are_told_of_the_pause(stack, api, open_socket, ana, ben):
    posts = [make_post(ana) for _ in range(5)]
    socket = listen(open_socket, ana)
    client = api(ben)
    client.timeout = 1.0  # each like must answer within a second
    stack.beat.start().wait()
    valkey = stack.services.running().valkey
    valkey.stop()
    try:
        socket.bus_says("paused")
        for post in posts:
            client.put(f"/posts/{post.id}/like").raise_for_status()
    finally:
        valkey.start()

    frames = socket.events(5, "notification", timeout=40)
    stack.beat.stop()
    assert [frame["d"]["group"]["post"]["id"] for frame in frames] == [str(post.id) for post in posts]
    assert socket.said[-1] == "ok"
    assert socket.nothing(0.3, "ev") == []


def test_a_mute_takes_deeds_away_live_and_its_undo_brings_them_back(api, open_socket, ana, ben, post):
    socket = listen(open_socket, ana)
    api(ben).put(f"/posts/{post.id}/like")
    socket.event("notification")

    api(ana).put("/users/ben/mute", json={"notifications": True})
    gone = socket.event("notification.retracted")
    api(ana).delete("/users/ben/mute")
    back = socket.event("notification")

    assert (gone["d"]["entry"]["actor"]["username"], gone["d"]["unread"]) == ("ben", 0)
    assert (back["d"]["entry"]["actor"]["username"], back["d"]["unread"], back["d"]["quiet"]) == ("ben", 1, True)


def test_a_rename_is_told_to_own_devices_and_takes_the_old_topics_from_others(api, open_socket, ana, ben):
    mine, theirs = listen(open_socket, ana), listen(open_socket, ben, topics=["profile:ana"])

    api(ana).patch("/me", json={"username": "anna"}, headers={"Idempotency-Key": "m-1"})

    frame = mine.event("user.renamed")
    assert (frame["d"], frame["mut"]) == ({"username": "anna", "former": "ana"}, "m-1")
    assert (mine.close_code(), theirs.next("revoked")["topics"]) == (4112, ["profile:ana"])
