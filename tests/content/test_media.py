"""Facts about a photo's life: taken in, rendered, finished once, watched over, deleted."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
from content import actions
from content.actions import rendering
from content.models import Media, MediaPurpose, MediaState, Post
from core import clock
from core.problems import Conflict, Invalid, NotFound, TooLarge, UnsupportedMedia
from events import types
from tests.support import photos
from tests.support.build import make_media, make_post, make_user, make_users

LONG_AGO = timedelta(minutes=5)


@pytest.mark.django_db
def test_create_media_keeps_the_original_for_the_owner_of_the_process_alone(upload, media_root):
    data = photos.jpeg(300, 200)

    view = actions.create_media(owner_id=make_user().id, file=upload(data), alt=" A cat ")

    media = Media.objects.get()
    original = media_root / media.folder / "original"
    assert (view.id, view.state, view.alt, view.width, view.height) == (media.id, "processing", "A cat", 300, 200)
    assert [path.name for path in media_root.iterdir()] == [media.folder]
    assert original.read_bytes() == data
    assert stat.S_IMODE(original.stat().st_mode) == 0o600


BAD = {
    "text": (
        photos.TEXT,
        UnsupportedMedia,
        "This file is neither a photo nor a video we can read. Send JPEG, PNG, WebP, AVIF, HEIC, MP4, MOV or WebM.",
    ),
    "bomb": (
        photos.png_announcing(30_000, 30_000),
        Invalid,
        "30,000 × 30,000 pixels is over the limit of 60 megapixels.",  # noqa: RUF001 -- the sign of the message
    ),
    "empty": (b"", Invalid, "This file is empty. Send it again."),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", BAD)
def test_create_media_keeps_nothing_of_what_is_not_a_photo(case, upload, media_root):
    data, kind, detail = BAD[case]

    with pytest.raises(kind) as refusal:
        actions.create_media(owner_id=make_user().id, file=upload(data))

    assert (refusal.value.detail, refusal.value.field) == (detail, "file")
    assert Media.objects.count() == 0
    assert list(media_root.iterdir()) == []


@pytest.mark.django_db
def test_create_media_counts_bytes_itself(upload, media_root, settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    file = upload(photos.jpeg() + b"\0" * 1024 * 1024)
    file.size = 10

    with pytest.raises(TooLarge) as refusal:
        actions.create_media(owner_id=make_user().id, file=file)

    assert refusal.value.detail == "This file is over the limit of 1 MB."
    assert list(media_root.iterdir()) == []


@pytest.mark.django_db
def test_create_media_with_the_same_key_is_the_first_one(upload, media_root):
    ana = make_user()

    ids = [actions.create_media(owner_id=ana.id, file=upload(photos.jpeg()), mut="m1").id for _ in range(2)]

    assert ids == [Media.objects.get().id] * 2
    assert len(list(media_root.iterdir())) == 1


@pytest.mark.django_db
def test_a_heic_named_jpg_becomes_renditions_and_its_original_goes(upload, media_root, recorded, on_commit):
    ana = make_user()
    media_id = actions.create_media(owner_id=ana.id, file=upload(photos.HEIC, "cat.jpg")).id

    with on_commit():
        actions.render(media_id=media_id)

    media = Media.objects.get()
    names = {path.name for path in (media_root / media.folder).iterdir()}
    assert media.state == MediaState.READY
    assert names == set(media.renditions.values())
    assert {(media_root / media.folder / name).read_bytes()[8:12] for name in names} == {b"WEBP"}
    assert recorded() == [types.MediaFinished(media_id=media.id, owner_id=ana.id)]


@pytest.mark.django_db
def test_render_of_a_damaged_photo_fails_with_its_reason(upload, recorded, on_commit):
    ana = make_user()
    damaged = photos.wrong_checksum_png()
    media_id = actions.create_media(owner_id=ana.id, file=upload(damaged)).id

    with on_commit():
        actions.render(media_id=media_id)

    media = Media.objects.get()
    assert (media.state, media.attempts) == (MediaState.FAILED, 1)
    assert media.reason == "This photo is damaged or cut short. Export it again and send that file."
    assert recorded() == [types.MediaFinished(media_id=media.id, owner_id=ana.id)]


@pytest.mark.django_db
def test_render_again_changes_and_announces_nothing(upload, recorded, on_commit):
    media_id = actions.create_media(owner_id=make_user().id, file=upload(photos.jpeg())).id

    with on_commit():
        actions.render(media_id=media_id)
    actions.render(media_id=media_id)

    assert Media.objects.get().attempts == 1
    assert len(recorded()) == 1


@pytest.mark.django_db
def test_a_post_is_published_by_its_last_photo(upload, recorded):
    ana = make_user()
    ids = [actions.create_media(owner_id=ana.id, file=upload(photos.jpeg())).id for _ in range(2)]
    post = actions.create_post(author_id=ana.id, caption="", media_ids=ids)

    actions.render(media_id=ids[0])
    early = Post.objects.get().published_at
    actions.render(media_id=ids[1])

    assert early is None
    assert Post.objects.get().published_at is not None
    assert recorded() == [
        types.MediaFinished(media_id=ids[0], owner_id=ana.id),
        types.MediaFinished(media_id=ids[1], owner_id=ana.id),
        types.PostPublished(post_id=post.id, author_id=ana.id),
    ]


@pytest.mark.django_db(transaction=True)
def test_photos_finished_at_once_publish_their_post_once(upload, recorded):
    ana = make_user()
    ids = [actions.create_media(owner_id=ana.id, file=upload(photos.jpeg())).id for _ in range(6)]
    actions.create_post(author_id=ana.id, caption="", media_ids=ids)

    def render(media_id):
        try:
            actions.render(media_id=media_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(render, ids))

    published = [event for event in recorded() if isinstance(event, types.PostPublished)]
    assert len(published) == 1
    assert Post.objects.get().published_at is not None


@pytest.mark.django_db
def test_an_avatar_is_shown_once_ready_in_both_sizes_however_small(upload, media_root):
    ana = make_user()
    media_id = actions.create_media(owner_id=ana.id, file=upload(photos.jpeg(50, 40)), purpose=MediaPurpose.AVATAR).id
    before = User.objects.get().avatar

    actions.render(media_id=media_id)

    media = Media.objects.get()
    assert before == ""
    assert User.objects.get().avatar == media.folder
    assert sorted(media.renditions) == ["320", "96"]


@pytest.mark.django_db
def test_an_older_avatar_that_is_ready_late_does_not_replace_the_newer(upload):
    ana = make_user()
    old, new = (
        actions.create_media(owner_id=ana.id, file=upload(photos.jpeg()), purpose=MediaPurpose.AVATAR).id
        for _ in range(2)
    )

    actions.render(media_id=new)
    actions.render(media_id=old)

    assert User.objects.get().avatar == Media.objects.get(pk=new).folder


@pytest.mark.django_db
def test_the_avatar_before_the_last_is_deleted(upload):
    ana = make_user()
    ids = [
        actions.create_media(owner_id=ana.id, file=upload(photos.jpeg()), purpose=MediaPurpose.AVATAR).id
        for _ in range(3)
    ]

    for media_id in ids:
        actions.render(media_id=media_id)

    assert list(Media.objects.kept().order_by("id").values_list("id", flat=True)) == ids[1:]


@pytest.mark.django_db
def test_render_of_a_photo_deleted_meanwhile_leaves_no_files(upload, media_root):
    ana = make_user()
    media_id = actions.create_media(owner_id=ana.id, file=upload(photos.jpeg())).id
    media = rendering._begin(media_id)
    folder = media_root / media.folder
    rendered = rendering._render(media)
    actions.delete_media(media_id=media_id, owner_id=ana.id)
    actions.purge(media_ids=[media_id])
    folder.mkdir()  # what a run that is still writing would make again

    rendering._finish(media, state=MediaState.READY, renditions=rendering._by_width(media, rendered))

    assert not folder.exists()


@pytest.mark.django_db
def test_watch_media_counts_sending_again_as_progress():
    media = make_media(make_user(), state=MediaState.UPLOADED, created_at=clock.now() - LONG_AGO)

    actions.watch_media()

    media.refresh_from_db()
    assert media.state == MediaState.UPLOADED
    assert clock.now() - media.started_at < LONG_AGO


@pytest.mark.django_db
def test_watch_media_fails_a_photo_after_three_attempts(recorded):
    ana = make_user()
    old = {"created_at": clock.now() - LONG_AGO, "started_at": clock.now() - LONG_AGO}
    media = make_media(ana, state=MediaState.PROCESSING, attempts=3, **old)

    actions.watch_media()

    media.refresh_from_db()
    assert (media.state, media.reason) == (MediaState.FAILED, rendering.FAILED_REASON)
    assert recorded() == [types.MediaFinished(media_id=media.id, owner_id=ana.id)]


@pytest.mark.django_db
def test_watch_media_leaves_a_photo_that_was_just_started(recorded):
    media = make_media(
        make_user(),
        state=MediaState.PROCESSING,
        attempts=3,
        created_at=clock.now() - LONG_AGO,
        started_at=clock.now(),
    )

    actions.watch_media()

    media.refresh_from_db()
    assert media.state == MediaState.PROCESSING


@pytest.mark.django_db
def test_render_fails_a_photo_that_killed_three_workers(recorded):
    media = make_media(make_user(), state=MediaState.PROCESSING, attempts=3)

    actions.render(media_id=media.id)

    media.refresh_from_db()
    assert (media.state, media.attempts) == (MediaState.FAILED, 3)


@pytest.mark.django_db
def test_watch_media_removes_what_was_deleted_when_its_message_was_lost(media_root):
    media = make_media(make_user(), files=True, deleted_at=clock.now() - LONG_AGO)

    actions.watch_media()

    assert Media.objects.count() == 0
    assert not (media_root / media.folder).exists()


@pytest.mark.django_db
def test_watch_media_deletes_photos_that_never_became_a_post():
    ana = make_user()
    age = {"created_at": clock.now() - timedelta(days=8)}
    make_media(ana, **age)
    kept = [make_media(ana), make_media(ana, purpose=MediaPurpose.AVATAR, **age), make_post(ana).media.get()]

    actions.watch_media()

    assert list(Media.objects.kept().order_by("id")) == kept


@pytest.mark.django_db
def test_delete_media_that_had_failed_lets_the_post_be_published(recorded):
    ana = make_user()
    post = make_post(ana, published_at=None)
    failed = make_media(ana, post=post, state=MediaState.FAILED)

    actions.delete_media(media_id=failed.id, owner_id=ana.id)

    assert recorded() == [types.PostPublished(post_id=post.id, author_id=ana.id)]


@pytest.mark.django_db
@pytest.mark.parametrize("published", [True, False])
def test_delete_media_does_not_empty_a_post(published):
    ana = make_user()
    media = make_post(ana, published=published).media.get()

    with pytest.raises(Conflict):
        actions.delete_media(media_id=media.id, owner_id=ana.id)

    assert list(Media.objects.kept()) == [media]


@pytest.mark.django_db
def test_delete_media_takes_the_avatar_off():
    ana = make_user()
    media = make_media(ana, purpose=MediaPurpose.AVATAR)
    User.objects.update(avatar=media.folder)

    actions.delete_media(media_id=media.id, owner_id=ana.id)

    assert User.objects.get().avatar == ""


@pytest.mark.django_db
@pytest.mark.parametrize("change", [actions.delete_media, actions.describe_media])
def test_somebody_elses_photo_is_not_there(change):
    ana, ben = make_users("ana", "ben")
    media = make_post(ana).media.get()
    extra = {"alt": "Mine"} if change is actions.describe_media else {}

    with pytest.raises(NotFound):
        change(media_id=media.id, owner_id=ben.id, **extra)


@pytest.mark.django_db
def test_describe_media_keeps_the_words():
    ana = make_user()
    media = make_media(ana)

    view = actions.describe_media(media_id=media.id, owner_id=ana.id, alt=" A cat ")

    media.refresh_from_db()
    assert (view.alt, media.alt) == ("A cat", "A cat")
