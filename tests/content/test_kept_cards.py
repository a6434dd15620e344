"""Cards of the same rows are one, made and encoded once; those with proofs of a viewer are made each time."""

from datetime import timedelta

import pytest

from content import proofs, queries
from content.actions import like_post
from notifications import queries as notified
from tests.support.build import make_follow, make_like, make_post, make_users
from tests.support.draining import drain_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    ana, ben, eve = make_users("ana", "ben", "eve")
    make_follow(ben, ana)
    make_follow(eve, ana)
    return ana, ben, eve


def test_two_who_see_the_same_have_the_same_card(people):
    ana, ben, eve = people
    post = make_post(ana)

    assert queries.post_card(ben.id, post.id) is queries.post_card(eve.id, post.id)


def test_who_likes_a_post_has_a_card_of_their_own(people):
    ana, ben, _ = people
    post = make_post(ana)
    make_like(post, ben)
    cards = [queries.post_card(one.id, post.id) for one in people]

    assert [(card.is_mine, card.liked) for card in cards] == [(True, False), (False, True), (False, False)]


def test_a_card_is_encoded_once(people):
    ana, ben, eve = people
    post = make_post(ana)

    assert queries.post_card(ben.id, post.id).json is queries.post_card(eve.id, post.id).json


def test_the_proofs_of_a_card_are_its_viewers_and_of_this_minute(people, monkeypatch):
    ana, ben, eve = people
    post = make_post(ana, visibility="followers")
    first, others = (bytes(queries.post_card(one.id, post.id).json) for one in (ben, eve))
    later = proofs.time.time() + timedelta(minutes=1) / timedelta(seconds=1)
    monkeypatch.setattr(proofs.time, "time", lambda: later)
    second = bytes(queries.post_card(ben.id, post.id).json)

    assert len({first, others, second}) == 3


def test_a_notification_of_which_nothing_has_changed_is_the_one_that_was_encoded(people):
    ana, ben, eve = people
    post = make_post(ana)
    make_like_of(ben, post)
    first, second = (notified.notification_page(ana.id).items for _ in range(2))
    make_like_of(eve, post)
    third = notified.notification_page(ana.id).items

    assert (first[0] is second[0], first[0] is third[0], third[0].actor_count) == (True, False, 2)


def make_like_of(user, post):
    """A like that its author is told of."""
    like_post(post_id=post.id, actor_id=user.id)
    drain_all()
