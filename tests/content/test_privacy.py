"""What private people, the blocked and the suspended made, over every read: it could leak, and does not."""

import pytest

from accounts import actions as people
from accounts.models import User
from content import actions, policies, queries
from content.models import Media
from core.problems import NotFound
from tests.support.build import (
    make_block,
    make_comment,
    make_follow,
    make_like,
    make_media,
    make_post,
    make_request,
    make_user,
    make_users,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_user("ana", is_private=True, bio="Light", post_count=1, follower_count=1)


@pytest.fixture
def post(ana):
    return make_post(ana, caption="#secret")


def reads(viewer_id, post):
    """Every read of a post by somebody, by name: whether it shows the post."""
    media_id = post.media.get().id
    return {
        "card": _finds(queries.post_card, viewer_id, post.id),
        "page": _finds(queries.post_page, viewer_id, post.id),
        "comments": _finds(queries.comments_page, viewer_id, post.id),
        "likes": _finds(queries.likes_page, viewer_id, post.id),
        "grid": _finds(queries.user_posts, viewer_id, post.author.username),
        "photo": _finds(queries.media_view, viewer_id, media_id),
        "counts": post.id in queries.visible_counts(viewer_id, [post.id]),
        "topic": (viewer_id, post.id) in queries.visible_counts_for([(viewer_id, post.id)]),
        "policy": policies.can_view_post(viewer_id, post.id),
        "media policy": Media.objects.visible_to(viewer_id).filter(id=media_id).exists(),
        "tag": post.id in [card.id for card in queries.tag_posts(viewer_id, "secret").items],
        "search": post.id in [card.id for card in queries.search(viewer_id, "secret").posts.items],
        "tag search": [tag.name for tag in queries.search(viewer_id, "secret").tags.items] == ["secret"],
        "latest": any(card.id == post.id for card in queries.latest_public()),
    }


def _finds(read, *arguments):
    try:
        read(*arguments)
    except NotFound:
        return False
    return True


def shown(seen):
    return {name for name, is_shown in seen.items() if is_shown}


EVERYWHERE = {"card", "page", "comments", "likes", "grid", "photo", "counts", "topic", "policy", "media policy"}
EVERYWHERE |= {"tag", "search", "tag search"}


def test_a_stranger_and_a_visitor_see_nothing_of_a_private_person(ana, post):
    assert (shown(reads(None, post)), shown(reads(make_user("eve").id, post))) == (set(), set())


def test_a_follower_and_the_author_see_all(ana, post):
    ben = make_user("ben")
    make_follow(ben, ana)

    assert (shown(reads(ben.id, post)), shown(reads(ana.id, post))) == (EVERYWHERE, EVERYWHERE)


def test_who_waits_sees_nothing_at_any_step(ana, post):
    """Pixelfed CVE-2025-30741, and every way round it."""
    ben = make_user("ben")
    seen = []

    def look():
        seen.append(shown(reads(ben.id, post)))

    people.follow_user(username="ana", actor_id=ben.id)
    look()
    people.unfollow_user(username="ana", actor_id=ben.id)
    people.follow_user(username="ana", actor_id=ben.id)
    look()
    people.update_profile(user_id=ana.id, private=False)
    people.update_profile(user_id=ana.id, private=True)
    look()
    people.reject_request(username="ben", actor_id=ana.id)
    look()
    people.follow_user(username="ana", actor_id=ben.id)
    people.approve_request(username="ben", actor_id=ana.id)
    people.unfollow_user(username="ana", actor_id=ben.id)
    people.follow_user(username="ana", actor_id=ben.id)
    look()

    assert seen == [set()] * 5


@pytest.mark.parametrize("blocker", ["ana", "ben"])
def test_the_blocked_see_nothing_of_each_other(blocker):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, caption="#secret")
    make_block(*((ana, ben) if blocker == "ana" else (ben, ana)))

    assert shown(reads(ben.id, post)) == {"latest"}  # which asks as a visitor


def test_nobody_sees_anything_of_the_suspended():
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)
    post = make_post(ana, caption="#secret")

    people.suspend_user(username="ana")

    assert (shown(reads(ben.id, post)), shown(reads(None, post))) == (set(), set())


def test_what_was_suspended_is_back_with_its_undo():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, caption="#secret")
    people.suspend_user(username="ana")

    people.unsuspend_user(username="ana")

    assert shown(reads(ben.id, post)) == EVERYWHERE | {"latest"}


def test_the_profile_of_a_private_person_is_a_name_and_a_face(ana, post):
    page = queries.profile_page(make_user("eve").id, "ana")

    assert (page.person.username, page.is_private, page.is_open, page.bio, page.posts.items) == (
        "ana",
        True,
        False,
        "",
        [],
    )
    assert (page.post_count, page.follower_count, page.following_count) == (None, None, None)


def test_the_profile_of_a_private_person_for_a_follower(ana, post):
    ben = make_user("ben")
    make_follow(ben, ana)

    page = queries.profile_page(ben.id, "ana")

    assert (page.bio, page.post_count, [card.id for card in page.posts.items]) == ("Light", 1, [post.id])


@pytest.mark.parametrize("block", [True, False])
def test_the_feed_drops_who_is_silent(block):
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)
    post = make_post(ana, caption="#secret")
    before = [card.id for card in queries.home_feed(ben.id).items]

    if block:
        make_block(ana, ben)  # the follow stays here, as a row that was missed would
    else:
        people.suspend_user(username="ana")

    assert (before, queries.home_feed(ben.id).items) == ([post.id], [])


def test_the_feed_of_who_waits_is_empty(ana, post):
    ben = make_user("ben")
    make_request(ben, ana)

    assert queries.home_feed(ben.id).items == []


@pytest.mark.parametrize("blocker", ["viewer", "ben"])
def test_comments_and_likers_under_a_third_persons_post_leave_the_blocked_out(blocker):
    viewer, ana, ben, eve = make_users("viewer", "ana", "ben", "eve")
    post = make_post(ana, caption="#secret")
    for person in (ben, eve):
        make_comment(post, person)
        make_like(post, person)
    make_block(*((viewer, ben) if blocker == "viewer" else (ben, viewer)))

    comments = [view.author.username for view in queries.comments_page(viewer.id, post.id).items]
    likers = [person.username for person in queries.likes_page(viewer.id, post.id).items]

    assert (comments, likers) == (["eve"], ["eve"])
    assert [view.author.username for view in queries.comments_page(ana.id, post.id).items] == ["ben", "eve"]


def test_comments_and_likers_leave_the_suspended_out():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, caption="#secret")
    make_comment(post, ben)
    make_like(post, ben)

    people.suspend_user(username="ben")

    assert (queries.comments_page(ana.id, post.id).items, queries.likes_page(ana.id, post.id).items) == ([], [])


def test_nobody_likes_or_comments_on_what_they_may_not_see(ana, post):
    eve = make_user("eve")

    for deed in (
        lambda: actions.like_post(post_id=post.id, actor_id=eve.id),
        lambda: actions.unlike_post(post_id=post.id, actor_id=eve.id),
        lambda: actions.comment(post_id=post.id, actor_id=eve.id, text="Hello"),
    ):
        with pytest.raises(NotFound):
            deed()


def test_the_avatar_of_a_private_person_shows_and_of_a_blocker_does_not(ana):
    eve = make_user("eve")
    avatar = make_media(ana, purpose="avatar")
    before = sees(eve.id, avatar)

    make_block(ana, eve)

    assert (before, sees(eve.id, avatar), sees(None, avatar)) == (True, False, True)


def test_the_avatar_of_the_blocked_shows_to_who_may_unblock():
    ana, eve = make_users("ana", "eve")
    avatar = make_media(eve, purpose="avatar")
    make_block(ana, eve)

    assert sees(ana.id, avatar) is True


def sees(viewer_id, media):
    return _finds(queries.media_view, viewer_id, media.id)


@pytest.mark.parametrize("count", [1, 3])
def test_lists_keep_their_number_of_queries(django_assert_num_queries, ana, count):
    ben = make_user("ben")
    make_follow(ben, ana)
    posts = [make_post(ana) for _ in range(count)]
    for number in range(count):
        fan = make_user(f"fan{number}")
        make_like(posts[0], fan)
        make_comment(posts[0], fan)

    queries.home_feed(ben.id)  # makes ben's list
    with django_assert_num_queries(3):
        queries.home_feed(ben.id)
    with django_assert_num_queries(2):
        queries.likes_page(ben.id, posts[0].id)
    with django_assert_num_queries(2):
        queries.comments_page(ben.id, posts[0].id)
    with django_assert_num_queries(4):
        queries.profile_page(ben.id, "ana")


def test_a_private_person_is_known_by_name_alone_over_every_list(ana):
    """Counts of one who is hidden equal those of one who has none: an oracle would tell how many there are."""
    User.objects.filter(id=ana.id).update(post_count=7)
    eve = make_user("eve")

    assert queries.profile_page(eve.id, "ana").post_count is None
    with pytest.raises(NotFound):
        queries.user_posts(eve.id, "ana")
