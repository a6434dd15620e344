"""What people see of changes to a post while they look, on the real server, worker and Redis."""

import pytest

from content import actions
from tests.support import photos
from tests.support.build import make_follow, make_post, make_user


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def ben(stack):
    return make_user("ben")


def watching(open_socket, user, *topics):
    client = open_socket(user)
    client.hello(topics=topics)
    client.next("ok")
    return client


def test_a_post_for_followers_now_is_taken_from_strangers_alone(open_socket, ana, ben):
    make_follow(ben, ana)
    post = make_post(ana)
    follower, stranger = (watching(open_socket, user, f"post:{post.id}") for user in (ben, make_user("eve")))

    actions.edit_post(post_id=post.id, actor_id=ana.id, visibility="followers")

    taken = {"t": "revoked", "topics": [f"post:{post.id}"], "reason": "followers"}
    assert (stranger.next("revoked", timeout=2), follower.nothing(0.3, "revoked")) == (taken, [])


def test_a_new_caption_comes_to_those_who_read(open_socket, ana, ben):
    post = make_post(ana, caption="Dawn")
    reader = watching(open_socket, ben, f"post:{post.id}")

    actions.edit_post(post_id=post.id, actor_id=ana.id, caption="Dusk")

    assert reader.next("st")["d"]["caption"] == "Dusk"


def test_a_save_and_its_undo_come_to_the_keepers_devices_alone(open_socket, ana, ben):
    post = make_post(ana)
    author = watching(open_socket, ana, f"post:{post.id}")
    keeper = open_socket(ben)
    keeper.hello()

    actions.save_post(post_id=post.id, actor_id=ben.id)
    actions.unsave_post(post_id=post.id, actor_id=ben.id)

    assert [keeper.event("post.saved")["d"]["saved"] for _ in range(2)] == [True, False]
    assert author.nothing(0.3, "ev", "st", "cnt") == []


def test_a_post_comes_to_feeds_once_its_photo_is_ready_and_goes_with_it(api, open_socket, ana, ben):
    make_follow(ben, ana)
    author, follower = open_socket(ana), watching(open_socket, ben, "feed")
    author.hello()
    client = api(ana)

    photo = client.post("/media", files={"file": ("photo.jpg", photos.jpeg(), "image/jpeg")}).json()["id"]
    post = client.post("/posts", json={"media": [photo]}).json()["id"]
    finished = author.event("post.media", timeout=30)["d"]["media"]
    assert (finished["id"], finished["state"]) == (photo, "ready")
    assert author.event("post.published")["d"]["post"] == post
    assert follower.next("st")["d"] == {"post": post, "author": str(ana.id)}

    client.delete(f"/posts/{post}")
    assert follower.next("st")["d"] == {"removed": post}
