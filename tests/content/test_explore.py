"""Facts about explore: what is ranked how, who sees which of it, and pages that meet while the ranking changes."""

from datetime import timedelta

import pytest

from accounts.models import Mute, User
from content import queries, ranking
from content.models import Post, Ranked
from core import clock
from core.ids import id_at
from core.problems import Invalid
from tests.support.build import make_block, make_follow, make_post, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer():
    return make_user("viewer")


@pytest.fixture
def ana():
    return make_user("ana")


def posted(author, *, hours, **counts):
    at = clock.now() - timedelta(hours=hours)
    return make_post(author, id=id_at(at), published_at=at, **counts)


def ids(page):
    return [item.id for item in page.items]


def test_likes_and_comments_raise_a_post_and_age_sinks_it(viewer, ana):
    old_and_loved = posted(ana, hours=24, like_count=100)
    fresh = posted(ana, hours=1, like_count=1)
    discussed = posted(ana, hours=1.1, comment_count=2)
    plain = posted(ana, hours=1.2)

    ranking.rank_posts()

    assert ids(queries.explore(viewer.id)) == [discussed.id, old_and_loved.id, fresh.id, plain.id]


def test_posts_older_than_the_window_are_not_ranked(viewer, ana):
    posted(ana, hours=24 * ranking.DAYS + 1, like_count=1_000)

    ranking.rank_posts()

    assert Ranked.objects.count() == 0


def test_explore_shows_nobody_whom_the_viewer_is_follows_mutes_or_may_not_see(viewer, ana):
    followed, muted, blocker, blocked, private, gone = make_users("f", "m", "b1", "b2", "p", "g")
    shown = make_post(ana)
    for author in (viewer, followed, muted, blocker, blocked, private, gone):
        make_post(author)
    ranking.rank_posts()

    make_follow(viewer, followed)
    Mute.objects.create(muter=viewer, muted=muted)
    make_block(blocker, viewer)
    make_block(viewer, blocked)
    User.objects.filter(pk=private.pk).update(is_private=True)
    User.objects.filter(pk=gone.pk).update(is_active=False)

    assert ids(queries.explore(viewer.id)) == [shown.id]


def test_explore_shows_no_post_that_was_deleted_after_the_ranking(viewer, ana):
    post = make_post(ana)
    ranking.rank_posts()

    Post.objects.filter(pk=post.pk).update(deleted_at=clock.now())

    assert queries.explore(viewer.id).items == []


def test_explore_shows_no_private_person_s_posts_even_to_their_followers(viewer):
    private = make_user("private", is_private=True)
    make_follow(viewer, private)
    make_post(private)

    ranking.rank_posts()

    assert Ranked.objects.count() == 0


def test_pages_meet_though_all_is_ranked_anew_between_them(viewer, ana):
    posts = [posted(ana, hours=hours) for hours in range(1, 6)]
    ranking.rank_posts()
    one = queries.explore(viewer.id, limit=2)
    Post.objects.filter(pk=posts[4].pk).update(like_count=1_000)
    ranking.rank_posts()

    two = queries.explore(viewer.id, limit=2, after=one.next)
    three = queries.explore(viewer.id, limit=2, after=two.next)

    assert ids(one) + ids(two) + ids(three) == [post.id for post in posts]
    assert (three.next, ids(queries.explore(viewer.id))[0]) == (None, posts[4].id)


def test_a_page_is_full_though_much_of_the_ranking_is_not_for_the_viewer(viewer, ana):
    theirs = [posted(author, hours=hours) for hours in range(1, 5) for author in (viewer, ana)][1::2]
    ranking.rank_posts()

    one = queries.explore(viewer.id, limit=2)

    assert (ids(one), ids(queries.explore(viewer.id, limit=2, after=one.next))) == (
        [post.id for post in theirs[:2]],
        [post.id for post in theirs[2:]],
    )


def test_a_ranking_that_has_had_its_time_is_dropped_and_its_reader_goes_on_in_the_oldest_kept(viewer, ana):
    posts = [posted(ana, hours=hours) for hours in (1, 2, 3)]
    ranking.rank_posts()
    one = queries.explore(viewer.id, limit=1)
    Ranked.objects.update(ranking=id_at(clock.now() - ranking.KEPT - timedelta(minutes=1)))

    ranking.rank_posts()

    assert Ranked.objects.values("ranking").distinct().count() == 1
    assert ids(queries.explore(viewer.id, after=one.next)) == [posts[1].id, posts[2].id]


def test_explore_refuses_a_cursor_of_nobody(viewer):
    with pytest.raises(Invalid):
        queries.explore(viewer.id, after="AAAAAAAAAAA")


@pytest.mark.parametrize("items", [1, 3])
def test_explore_costs_three_queries(viewer, items, django_assert_num_queries):
    for number in range(items):
        make_post(make_user(f"author{number}"), photos=items)
    ranking.rank_posts()

    with django_assert_num_queries(3):
        assert len(queries.explore(viewer.id).items) == items


@pytest.mark.django_db(transaction=True)
def test_get_explore_and_its_page(viewer, ana):
    post = make_post(ana)
    ranking.rank_posts()

    body, page = Web(viewer).get("/api/v1/explore").json(), Web(viewer).get("/explore/")

    assert ([item["id"] for item in body["items"]], body["next"]) == ([str(post.id)], None)
    assert (page.templates[0].name, ids(page.context["posts"])) == ("content/explore.html", [post.id])


@pytest.mark.django_db(transaction=True)
def test_explore_with_nothing_to_show_has_people_to_begin_with(viewer, ana):
    make_follow(make_user("fan"), ana)

    page = Web(viewer).get("/explore/")

    assert "The first light is yours" in page.content.decode()
    assert {known.person.username for known in page.context["suggestions"]} == {"ana", "fan"}


@pytest.mark.django_db(transaction=True)
def test_explore_with_posts_asks_for_no_people(viewer, ana):
    make_post(ana)
    ranking.rank_posts()

    assert Web(viewer).get("/explore/").context["suggestions"] == []
