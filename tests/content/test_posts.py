"""Facts about posting and deleting posts."""

import pytest

from accounts.people import person_of
from content import actions, queries
from content.cards import PostCard
from content.models import Media, MediaPurpose, MediaState, Post
from content.photos import media_of
from core.ids import created_at
from core.problems import Conflict, Forbidden, Invalid, NotFound
from events import types
from tests.support import photos
from tests.support.build import make_media, make_post, make_user, make_users


@pytest.mark.django_db
def test_create_post_of_ready_photos_is_published_at_once(recorded):
    ana = make_user()
    one, two = make_media(ana), make_media(ana)

    card = actions.create_post(author_id=ana.id, caption=" Dawn ", media_ids=[two.id, one.id])

    post = Post.objects.get()
    one, two = Media.objects.order_by("id")
    assert card == PostCard(
        id=post.id,
        author=person_of(ana),
        caption="Dawn",
        media=(media_of(two), media_of(one)),
        created_at=created_at(post.id),
        like_count=0,
        comment_count=0,
        liked=False,
        ver=0,
        is_mine=True,
        published=True,
    )
    assert recorded() == [types.PostPublished(post_id=post.id, author_id=ana.id)]


@pytest.mark.django_db
def test_create_post_of_a_photo_in_the_works_waits_for_it(recorded):
    ana = make_user()
    media = make_media(ana, state=MediaState.PROCESSING)

    card = actions.create_post(author_id=ana.id, caption="", media_ids=[media.id])

    assert card.published is False
    assert recorded() == []


@pytest.mark.django_db
def test_create_post_with_the_same_key_is_the_first_one(recorded):
    ana = make_user()
    media = make_media(ana)

    first, again = [
        actions.create_post(author_id=ana.id, caption="Dawn", media_ids=[media.id], mut="m1") for _ in range(2)
    ]

    assert again == first
    assert Post.objects.count() == 1
    assert len(recorded()) == 1


@pytest.mark.django_db
def test_create_post_with_the_key_of_a_deleted_one_is_a_conflict():
    ana = make_user()
    card = actions.create_post(author_id=ana.id, caption="", media_ids=[make_media(ana).id], mut="m1")
    actions.delete_post(post_id=card.id, actor_id=ana.id)

    with pytest.raises(Conflict):
        actions.create_post(author_id=ana.id, caption="", media_ids=[make_media(ana).id], mut="m1")


UNUSABLE = {
    "somebody else's": lambda ana, ben: [make_media(ben).id],
    "used already": lambda ana, ben: [make_post(ana).media.get().id],
    "an avatar": lambda ana, ben: [make_media(ana, purpose=MediaPurpose.AVATAR).id],
    "failed": lambda ana, ben: [make_media(ana, state=MediaState.FAILED, reason="Broken.").id],
    "twice the same": lambda ana, ben: [make_media(ana).id] * 2,
    "unknown": lambda ana, ben: [7],
    "none": lambda ana, ben: [],
    "21": lambda ana, ben: list(range(21)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", UNUSABLE)
def test_create_post_refuses_photos_that_are(case, recorded):
    ana, ben = make_users("ana", "ben")
    media_ids = UNUSABLE[case](ana, ben)
    before = Post.objects.count()

    with pytest.raises(Invalid) as refusal:
        actions.create_post(author_id=ana.id, caption="", media_ids=media_ids)

    assert refusal.value.field == "media"
    assert Post.objects.count() == before
    assert recorded() == []


@pytest.mark.django_db
def test_share_with_one_bad_photo_keeps_nothing(upload, media_root, django_capture_on_commit_callbacks):
    ana = make_user()

    with django_capture_on_commit_callbacks(), pytest.raises(Exception, match="neither a photo"):
        actions.share(author_id=ana.id, caption="", photos=[upload(photos.jpeg()), upload(photos.TEXT)])
    actions.purge(media_ids=list(Media.objects.values_list("id", flat=True)))

    assert list(media_root.iterdir()) == []
    assert (Post.objects.count(), Media.objects.count()) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("published", [True, False])
def test_delete_post_hides_it_and_records_whether_it_was_seen(published, recorded):
    ana = make_user()
    post = make_post(ana, published=published)

    actions.delete_post(post_id=post.id, actor_id=ana.id)

    with pytest.raises(NotFound):
        queries.post_card(ana.id, post.id)
    assert recorded() == [types.PostDeleted(post_id=post.id, author_id=ana.id, published=published)]


@pytest.mark.django_db
def test_purge_post_removes_its_files_after_the_commit(media_root):
    ana = make_user()
    post = make_post(ana, photos=0)
    media = make_media(ana, post=post, files=True)

    actions.delete_post(post_id=post.id, actor_id=ana.id)
    actions.purge_post(post_id=post.id, actor_id=ana.id)
    there = (media_root / media.folder).exists()
    actions.purge(media_ids=[media.id])

    assert there
    assert not (media_root / media.folder).exists()
    assert Media.objects.count() == 0


@pytest.mark.django_db
def test_purge_leaves_photos_that_nobody_deleted(media_root):
    media = make_media(make_user(), files=True)

    actions.purge(media_ids=[media.id])

    assert (media_root / media.folder).exists()


@pytest.mark.django_db
def test_delete_post_twice_is_not_found(recorded):
    ana = make_user()
    post = make_post(ana)
    actions.delete_post(post_id=post.id, actor_id=ana.id)

    with pytest.raises(NotFound):
        actions.delete_post(post_id=post.id, actor_id=ana.id)

    assert len(recorded()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("published", "refusal"), [(True, Forbidden), (False, NotFound)])
def test_a_stranger_may_not_delete_a_post(published, refusal):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, published=published)

    with pytest.raises(refusal):
        actions.delete_post(post_id=post.id, actor_id=ben.id)

    assert Post.objects.get().deleted_at is None
