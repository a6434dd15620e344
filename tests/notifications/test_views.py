"""The page of one post's notifications, as a form."""

import pytest

from notifications.models import PostMute
from tests.support.build import make_post, make_post_mute, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    return make_users("ana", "ben")


def test_a_post_is_muted_and_heard_of_again(people):
    web, post = Web(people[1]), make_post(people[0])
    path = f"/p/{post.id}/notifications/"

    sent = web.post(path)
    muted = list(PostMute.objects.values_list("user_id", "post_id"))
    web.post(path, {"undo": "1"})

    assert (sent.status_code, sent["Location"]) == (303, path)
    assert (muted, PostMute.objects.count()) == ([(people[1].id, post.id)], 0)


@pytest.mark.parametrize("muted", [True, False])
def test_the_page_tells_whether_a_post_is_muted(people, muted):
    post = make_post(people[0])
    if muted:
        make_post_mute(people[1], post)

    assert Web(people[1]).get(f"/p/{post.id}/notifications/").context["muted"] is muted
