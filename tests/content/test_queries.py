"""Facts about lists of posts and people: what they hold, in which order, at which cost."""

import pytest

from accounts.people import person_of
from content import queries
from content.cards import PostCard, PostCounts, ProfilePage
from content.photos import MediaView, media_of
from core.ids import created_at
from core.problems import Invalid, NotFound
from tests.support.build import make_comment, make_follow, make_like, make_media, make_post, make_user, make_users


def ids(page):
    return [item.id for item in page.items]


@pytest.mark.django_db
def test_home_feed_is_one_s_own_and_followees_posts_newest_first():
    ana, ben, eve = make_users("ana", "ben", "eve")
    make_follow(ana, ben)
    first, second = make_post(ben), make_post(ana)
    make_post(eve)
    third = make_post(ben)
    make_post(ben, published=False)
    make_post(ana, published=False)

    assert ids(queries.home_feed(ana.id)) == [third.id, second.id, first.id]


@pytest.mark.django_db
def test_home_feed_hides_followees_who_are_not_active():
    ana, gone = make_user("ana"), make_user("gone", is_active=False)
    make_follow(ana, gone)
    make_post(gone)

    assert queries.home_feed(ana.id).items == []


@pytest.mark.django_db
def test_home_feed_pages_meet_without_gap_or_repeat():
    ana = make_user()
    posts = [make_post(ana) for _ in range(5)]

    one = queries.home_feed(ana.id, limit=2)
    two = queries.home_feed(ana.id, limit=2, after=one.next)
    three = queries.home_feed(ana.id, limit=2, after=two.next)

    assert ids(one) + ids(two) + ids(three) == [post.id for post in reversed(posts)]
    assert three.next is None


@pytest.mark.django_db
def test_home_feed_shows_each_post_as_the_viewer_sees_it():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    post = make_post(ben, caption="Dawn", like_count=3, comment_count=1, ver=4)
    make_like(post, ana)

    assert queries.home_feed(ana.id).items == [
        PostCard(
            id=post.id,
            author=person_of(ben),
            caption="Dawn",
            media=(media_of(post.media.get()),),
            created_at=created_at(post.id),
            like_count=3,
            comment_count=1,
            liked=True,
            ver=4,
            is_mine=False,
            published=True,
        )
    ]


@pytest.mark.django_db
def test_home_feed_refuses_a_cursor_of_nobody():
    with pytest.raises(Invalid):
        queries.home_feed(make_user().id, after="nonsense")


@pytest.mark.django_db
@pytest.mark.parametrize("items", [1, 3])
def test_home_feed_costs_three_queries(items, django_assert_num_queries):
    ana = make_user()
    for number in range(items):
        author = make_user(f"author{number}")
        make_follow(ana, author)
        make_post(author, photos=items)

    with django_assert_num_queries(4):  # one fills the list
        assert len(queries.home_feed(ana.id).items) == items
    with django_assert_num_queries(3):
        assert len(queries.home_feed(ana.id).items) == items


@pytest.mark.django_db
@pytest.mark.parametrize("items", [1, 3])
def test_latest_public_costs_two_queries(items, django_assert_num_queries):
    posts = [make_post(make_user(f"author{number}")) for number in range(items)]
    make_post(make_user("shy"), published=False)

    with django_assert_num_queries(2):
        cards = queries.latest_public()

    assert [card.id for card in cards] == [post.id for post in reversed(posts)]


@pytest.mark.django_db
def test_profile_page_is_the_person_as_the_viewer_stands_to_them():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    post = make_post(ben)
    make_post(ben, published=False)

    page = queries.profile_page(ana.id, "BEN")

    assert page == ProfilePage(
        person=person_of(ben),
        bio="",
        post_count=0,
        follower_count=0,
        following_count=0,
        following="yes",
        followed_by=False,
        blocking=False,
        muting=False,
        is_self=False,
        is_private=False,
        is_open=True,
        posts=queries.user_posts(ana.id, "ben"),
    )
    assert ids(page.posts) == [post.id]


@pytest.mark.django_db
def test_profile_page_shows_its_owner_what_is_not_published_yet():
    ana = make_user()
    post = make_post(ana, published=False)

    assert ids(queries.profile_page(ana.id, "ana").posts) == [post.id]


@pytest.mark.django_db
def test_profile_page_of_nobody_is_not_found():
    with pytest.raises(NotFound):
        queries.profile_page(None, "nobody")


@pytest.mark.django_db
@pytest.mark.parametrize("items", [1, 3])
def test_profile_page_costs_four_queries(items, django_assert_num_queries):
    ana, ben = make_users("ana", "ben")
    for _ in range(items):
        make_post(ben, photos=items)

    with django_assert_num_queries(4):
        assert len(queries.profile_page(ana.id, "ben").posts.items) == items


@pytest.mark.django_db
@pytest.mark.parametrize("items", [1, 3])
def test_user_posts_costs_four_queries(items, django_assert_num_queries):
    ana = make_user()
    for _ in range(items):
        make_post(ana)

    with django_assert_num_queries(4):
        assert len(queries.user_posts(None, "ana").items) == items


@pytest.mark.django_db
@pytest.mark.parametrize("items", [1, 3])
def test_post_page_costs_three_queries(items, django_assert_num_queries):
    ana = make_user()
    post = make_post(ana, photos=items)
    for _ in range(items):
        make_comment(post, ana)

    with django_assert_num_queries(3):
        page = queries.post_page(ana.id, post.id)

    assert (len(page.post.media), len(page.comments.items)) == (items, items)


@pytest.mark.django_db
def test_likes_page_is_people_the_latest_first():
    ana, ben, gone = make_user("ana"), make_user("ben"), make_user("gone", is_active=False)
    post = make_post(ana)
    for fan in (ana, gone, ben):
        make_like(post, fan)

    one = queries.likes_page(None, post.id, limit=1)
    two = queries.likes_page(None, post.id, limit=1, after=one.next)

    assert one.items + two.items == [person_of(ben), person_of(ana)]


@pytest.mark.django_db
def test_likes_page_of_a_hidden_post_is_not_found():
    post = make_post(make_user(), published=False)

    with pytest.raises(NotFound):
        queries.likes_page(None, post.id)


@pytest.mark.django_db
@pytest.mark.parametrize("items", [1, 3])
def test_likes_page_costs_two_queries(items, django_assert_num_queries):
    post = make_post(make_user())
    for number in range(items):
        make_like(post, make_user(f"fan{number}"))

    with django_assert_num_queries(2):
        assert len(queries.likes_page(None, post.id).items) == items


@pytest.mark.django_db
def test_visible_counts_leaves_out_what_the_viewer_may_not_see(django_assert_num_queries):
    ana = make_user()
    seen, hidden = make_post(ana, like_count=2, comment_count=1, ver=3), make_post(ana, published=False)

    with django_assert_num_queries(1):
        counts = queries.visible_counts(None, [seen.id, hidden.id, 7])

    assert counts == {seen.id: PostCounts(ver=3, like_count=2, comment_count=1, author_id=ana.id)}


@pytest.mark.django_db
def test_media_by_id_leaves_out_what_was_deleted(django_assert_num_queries):
    media = make_post(make_user()).media.get()

    with django_assert_num_queries(1):
        found = queries.media_by_id([media.id, 7])

    assert found == {media.id: media_of(media)}
    assert found[media.id].post_id == media.post_id


@pytest.mark.django_db
def test_media_view_of_a_hidden_post_is_not_found():
    media = make_post(make_user(), published=False).media.get()

    with pytest.raises(NotFound):
        queries.media_view(None, media.id)


@pytest.mark.django_db
def test_a_photo_that_is_not_ready_has_no_addresses():
    view = queries.media_view(None, make_media(make_user(), state="uploaded", purpose="avatar").id)

    assert (view.state, view.urls, view.srcset, view.src, view.thumb) == ("processing", {}, "", "", "")


def photo(*widths):
    return MediaView(1, "ready", "", 0, 0, "", "", "", "f", widths)


def test_urls_have_the_promised_widths_however_small_the_photo():
    assert photo(96).urls == {"96": "/media/f/96", "320": "/media/f/96", "1080": "/media/f/96"}


def test_urls_of_a_large_photo_are_its_widths():
    assert photo(320, 640, 1080, 1440).urls == {str(width): f"/media/f/{width}" for width in (320, 640, 1080, 1440)}


def test_srcset_names_real_widths_only():
    assert photo(320, 500).srcset == "/media/f/320 320w, /media/f/500 500w"


@pytest.mark.django_db
def test_home_page_suggests_people_one_does_not_follow():
    ana, ben, eve = make_users("ana", "ben", "eve")
    make_follow(ana, ben)

    assert queries.home_page(ana.id).suggestions == (person_of(eve),)
