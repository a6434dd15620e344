"""Facts about keeping posts for later."""

import pytest

from content import actions, queries
from content.models import Post, Save
from core.problems import NotFound
from events import types
from tests.support.build import make_post, make_save, make_users

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_users("ana", "ben")


def test_save_post_twice_keeps_and_announces_once(people, recorded):
    ana, ben = people
    post = make_post(ana)

    answers = [actions.save_post(post_id=post.id, actor_id=ben.id, mut="m1") for _ in range(2)]

    assert (answers, Save.objects.count()) == ([True, True], 1)
    assert recorded() == [types.PostSaved(post_id=post.id, user_id=ben.id, mut="m1")]


def test_unsave_post_twice_announces_once(people, recorded):
    ana, ben = people
    post = make_post(ana)
    make_save(post, ben)

    answers = [actions.unsave_post(post_id=post.id, actor_id=ben.id) for _ in range(2)]

    assert (answers, Save.objects.count()) == ([False, False], 0)
    assert recorded() == [types.PostUnsaved(post_id=post.id, user_id=ben.id)]


@pytest.mark.parametrize("action", [actions.save_post, actions.unsave_post])
def test_a_post_out_of_sight_is_not_found(people, action):
    ana, ben = people
    post = make_post(ana, visibility="followers")

    with pytest.raises(NotFound):
        action(post_id=post.id, actor_id=ben.id)


@pytest.mark.parametrize("action", [actions.save_post, actions.unsave_post])
def test_a_save_is_one_statement(people, action, django_assert_num_queries):
    ana, ben = people
    post = make_post(ana)

    with django_assert_num_queries(1):
        action(post_id=post.id, actor_id=ben.id)


@pytest.mark.parametrize("action", [actions.save_post, actions.unsave_post])
@pytest.mark.parametrize("post_id", [10**30, -(10**30)])
def test_a_number_that_is_no_id_is_not_there(people, action, post_id):
    with pytest.raises(NotFound):
        action(post_id=post_id, actor_id=people[1].id)


def test_saved_posts_are_the_latest_kept_first(people):
    ana, ben = people
    first, second = make_post(ana), make_post(ana)
    make_save(second, ben)
    make_save(first, ben)

    page = queries.saved_posts(ben.id, limit=1)
    rest = queries.saved_posts(ben.id, after=page.next, limit=1)

    assert [[card.id for card in one.items] for one in (page, rest)] == [[first.id], [second.id]]
    assert rest.next is None


def test_saved_posts_that_went_out_of_sight_are_left_out(people):
    ana, ben = people
    post = make_post(ana)
    make_save(post, ben)
    Post.objects.update(visibility="followers")

    assert queries.saved_posts(ben.id).items == []


def test_a_post_is_saved_for_its_keeper_alone(people):
    ana, ben = people
    post = make_post(ana)
    make_save(post, ben)

    assert [queries.post_card(viewer.id, post.id).saved for viewer in (ana, ben)] == [False, True]
