"""Facts about who sees what: the predicate and the list agree, each with data that could leak."""

import pytest

from content import policies
from content.models import Media, MediaPurpose, Post
from core import clock
from tests.support.build import make_comment, make_follow, make_media, make_post, make_user, make_users

POSTS = {
    "published": {},
    "unpublished": {"published": False},
    "for followers": {"visibility": "followers"},
    "archived": {"archived_at": clock.now()},
    "deleted": {"deleted_at": clock.now()},
}
# (post, viewer) → whether it is seen
SEEN = [
    ("published", "author", True),
    ("published", "stranger", True),
    ("published", "nobody", True),
    ("unpublished", "author", True),
    ("unpublished", "stranger", False),
    ("unpublished", "nobody", False),
    ("for followers", "author", True),
    ("for followers", "follower", True),
    ("for followers", "stranger", False),
    ("for followers", "nobody", False),
    ("archived", "author", False),
    ("archived", "follower", False),
    ("archived", "nobody", False),
    ("deleted", "author", False),
    ("deleted", "follower", False),
    ("deleted", "stranger", False),
    ("deleted", "nobody", False),
]


OWN = [("archived", "author"), ("deleted", "author")]  # out of sight, but their own photo all the same


def viewer_id(who, author):
    people = {
        "author": lambda: author.id,
        "follower": lambda: make_follow(make_user("fan"), author).follower_id,
        "stranger": lambda: make_user("eve").id,
        "nobody": lambda: None,
    }
    return people[who]()


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "who", "seen"), SEEN)
def test_a_post_is_seen_by(kind, who, seen):
    author = make_user()
    post = make_post(author, **POSTS[kind])
    viewer = viewer_id(who, author)

    listed = list(Post.objects.visible_to(viewer))

    assert policies.can_view_post(viewer, post.id) is seen
    assert listed == ([post] if seen else [])


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "who", "seen"), [row for row in SEEN if row[:2] not in OWN])
def test_a_photo_is_seen_by_whom_its_post_is(kind, who, seen):
    author = make_user()
    media = make_post(author, **POSTS[kind]).media.get()
    viewer = viewer_id(who, author)

    listed = list(Media.objects.visible_to(viewer))

    assert listed == ([media] if seen else [])


@pytest.mark.django_db
def test_posts_and_avatars_of_people_who_are_not_active_are_hidden():
    gone, eve = make_user("gone", is_active=False), make_user("eve")
    make_post(gone)
    make_media(gone, purpose=MediaPurpose.AVATAR)

    assert list(Post.objects.visible_to(eve.id)) == []
    assert list(Media.objects.visible_to(eve.id)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("purpose", "seen"), [(MediaPurpose.AVATAR, True), (MediaPurpose.POST, False)])
def test_a_photo_of_no_post_is_seen_by_others_if_it_is_an_avatar(purpose, seen):
    media = make_media(make_user(), purpose=purpose)

    assert Media.objects.visible_to(None).filter(id=media.id).exists() is seen


@pytest.mark.django_db
def test_a_deleted_photo_is_hidden_from_its_owner():
    ana = make_user()
    media = make_media(ana, deleted_at=clock.now())

    assert list(Media.objects.visible_to(ana.id).filter(id=media.id)) == []


@pytest.mark.django_db
def test_a_comment_may_be_deleted_by_its_writer_and_the_author_of_the_post():
    ana, ben, eve = make_users("ana", "ben", "eve")
    comment = make_comment(make_post(ana), ben)

    allowed = [policies.can_delete_comment(user.id, comment.id) for user in (ana, ben, eve)]

    assert allowed == [True, True, False]
