"""What one wants to hear of and has seen, and one row for many likes: over REST and a socket, and undone."""

import pytest

from tests.support.build import make_post, make_user


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def ben(stack):
    return make_user("ben")


@pytest.fixture
def socket(open_socket, ana):
    client = open_socket(ana)
    client.hello()
    return client


def test_a_preference_falls_silent_and_its_undo_brings_back(api, socket, ana, ben):
    api(ben).put(f"/posts/{make_post(ana).id}/like")
    socket.event("notification")

    api(ana).put("/notifications/preferences", json={"like": "nobody"})
    gone = socket.event("notification.retracted")["d"]
    api(ben).put(f"/posts/{make_post(ana).id}/like")
    silence = socket.nothing(0.3, "ev")
    api(ana).put("/notifications/preferences", json={"like": "everyone"})
    back = [frame["d"] for frame in socket.events(2, "notification")]

    assert (gone["group"], gone["unread"], silence) == (None, 0, [])
    assert [(data["unread"], data["quiet"], data["group"]["across"]["count"]) for data in back] == [(1, True, 2)] * 2


def test_a_muted_post_falls_silent_and_its_undo_brings_back(api, socket, ana, ben):
    post = make_post(ana)
    api(ben).put(f"/posts/{post.id}/like")
    socket.event("notification")

    api(ana).put(f"/posts/{post.id}/mute")
    gone, muted = socket.events(2)
    api(ana).delete(f"/posts/{post.id}/mute")
    back, unmuted = socket.events(2)

    assert (gone["k"], gone["d"]["unread"], muted["d"]) == (
        "notification.retracted", 0, {"post": str(post.id), "muted": True},
    )  # fmt: skip
    assert (back["k"], back["d"]["quiet"], unmuted["d"]) == (
        "notification", True, {"post": str(post.id), "muted": False},
    )  # fmt: skip


def test_likes_of_many_posts_are_one_row_and_an_undo_takes_one_off(api, socket, ana, ben):
    posts, key = [make_post(ana) for _ in range(3)], f"like.{ana.id}.{ben.id}."
    client = api(ben)
    for post in posts:
        client.put(f"/posts/{post.id}/like")
    counts = [frame["d"]["group"]["across"]["count"] for frame in socket.events(3, "notification")]

    client.delete(f"/posts/{posts[2].id}/like")
    undone = socket.event("notification.retracted")["d"]

    (row,) = undone["rows"]
    assert (counts[-1], undone["group"], undone["unread"], row["key"][: len(key)]) == (3, None, 1, key)
    assert (row["group"]["across"]["count"], row["group"]["post"]["id"]) == (2, str(posts[1].id))


def test_what_was_seen_on_one_device_leaves_the_badge_of_all(api, socket, ana, ben):
    api(ben).put(f"/posts/{make_post(ana).id}/like")
    group = socket.event("notification")["d"]["id"]

    api(ana).post("/notifications/seen", json={"ids": [group]}, headers={"Idempotency-Key": "m-1"})

    frame = socket.event("notification.seen")
    assert (frame["d"], frame["mut"]) == ({"ids": [group], "up_to": None, "unread": 0}, "m-1")
