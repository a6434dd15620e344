"""Facts about a video's life: taken in by its bytes, within the limits, made clean, and shown where a photo is."""

from datetime import timedelta

import imageio_ffmpeg
import pytest

from content import actions, files, queries
from content.actions import rendering
from content.models import Media, MediaKind, MediaPurpose, MediaState, Post
from content.video import ffmpeg, jail
from core import clock
from core.problems import Busy, Invalid, NotFound, TooLarge, UnsupportedMedia
from events import types
from tests.support import photos, videos
from tests.support.build import make_media, make_user, make_users

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(upload):
    """Upload a video as a person; answer its view."""

    def send(data, *, owner=None, name="film.mp4", **fields):
        return actions.create_media(owner_id=(owner or make_user()).id, file=upload(data, name), **fields)

    return send


@pytest.fixture
def made(send, media_root):
    """Upload a video and render it; answer its row, and the bytes of each file by its suffix and width."""

    def made(data, **fields):
        media_id = send(data, **fields).id
        actions.render(media_id=media_id)
        media = Media.objects.get(pk=media_id)
        return media, {width: (media_root / media.folder / name).read_bytes() for width, name in media.videos.items()}

    return made


def test_a_video_named_jpg_is_a_video(send):
    view = send(videos.film(), name="cat.jpg", alt=" A cat ")

    assert (view.kind, view.state, view.alt, view.duration) == ("video", "processing", "A cat", 1.0)
    assert (view.width, view.height, view.videos) == (96, 64, {})


def test_a_photo_named_mp4_is_a_photo(send):
    assert send(photos.jpeg(), name="film.mp4").kind == "photo"


def test_a_turned_video_has_the_size_that_is_seen(send):
    view = send(videos.turned(90))

    assert (view.width, view.height) == (64, 96)


def test_a_video_is_made_smaller_in_two_sizes_and_never_larger(made):
    media, files = made(videos.film("1600x900"))
    small, one = made(videos.film("96x64"), owner=make_user("ben"))

    assert (media.state, media.width, media.height, sorted(files)) == (MediaState.READY, 1600, 900, ["1280", "640"])
    assert (small.state, sorted(one)) == (MediaState.READY, ["96"])


@pytest.mark.parametrize("source", [{}, {"suffix": ".webm", "codec": "libvpx"}, {"suffix": ".mov"}])
def test_what_is_made_is_h264_with_aac_that_starts_at_once(made, source):
    _, files = made(videos.film(**source))

    facts = videos.facts(files["96"])
    assert "Video: h264" in facts
    assert "Audio: aac" in facts
    assert files["96"].index(b"moov") < files["96"].index(b"mdat")


def test_what_is_made_holds_nothing_of_the_metadata(made):
    data = videos.film()
    assert all(told in data for told in (videos.WORDS.encode(), b"loci"))  # the second holds the place

    _, files = made(data)

    assert not any(told in files["96"] for told in (videos.WORDS.encode(), b"loci"))


def test_a_turned_video_is_shown_upright_by_what_knows_no_turn(made):
    media, files = made(videos.turned(180))

    turned = photos.UPRIGHT[::-1]
    assert photos.quarters(videos.frame(files["96"])) == turned
    assert "rotation" not in videos.facts(files["96"])
    assert (media.width, media.height) == (96, 64)


def test_a_video_has_a_poster_like_a_photo(made, media_root):
    media, _ = made(videos.film())

    poster = photos.read(media_root / media.folder / media.renditions["96"])
    assert photos.quarters(poster) == photos.UPRIGHT
    assert len(media.blurhash) == 28
    assert media.placeholder.startswith("data:image/webp;base64,")


def test_a_video_without_sound_is_fine(made):
    assert made(videos.film(sound=False))[0].state == MediaState.READY


def test_rendering_leaves_only_what_the_row_names(made, media_root, recorded, on_commit):
    with on_commit():
        media, _ = made(videos.film())

    names = {path.name for path in (media_root / media.folder).iterdir()}
    assert names == {*media.renditions.values(), *media.videos.values()}
    assert recorded() == [types.MediaFinished(media_id=media.id, owner_id=media.owner_id)]


def test_what_a_killed_run_left_goes_with_the_original(send, media_root, on_commit):
    view = send(videos.film())
    left = media_root / view.folder / ".video-killed" / "1280.mp4"
    left.parent.mkdir()
    left.write_bytes(b"half")

    with on_commit():
        actions.render(media_id=view.id)

    assert not left.parent.exists()


def test_an_album_of_photos_and_videos_keeps_its_order_and_waits_for_all(send, recorded):
    ana = make_user()
    ids = [send(data, owner=ana).id for data in (videos.film(), photos.jpeg(), videos.film())]
    order = [ids[1], ids[2], ids[0]]
    post = actions.create_post(author_id=ana.id, caption="", media_ids=order)

    for media_id in ids[:2]:
        actions.render(media_id=media_id)
    waiting = Post.objects.get().published_at
    actions.render(media_id=ids[2])

    assert [media.id for media in post.media] == order
    assert waiting is None
    assert recorded()[-1] == types.PostPublished(post_id=post.id, author_id=ana.id)


LIMITS = {
    "MAX_VIDEO_SECONDS": (1, {"seconds": 4}, "4 seconds is over the limit of 1 seconds."),
    "MAX_VIDEO_FRAME_RATE": (9, {}, "10 frames a second is over the limit of 9."),
    "MAX_VIDEO_PIXELS": (
        1_000,
        {},
        "96 \N{MULTIPLICATION SIGN} 64 pixels is over the limit of 0.001 megapixels a frame.",
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_video_over_a_limit_is_refused_naming_it(name, send, settings, media_root):
    limit, film, detail = LIMITS[name]
    setattr(settings, name, limit)

    with pytest.raises(Invalid) as refusal:
        send(videos.film(**film))

    assert (refusal.value.detail, refusal.value.field) == (detail, "file")
    assert (Media.objects.count(), list(media_root.iterdir())) == (0, [])


def test_a_video_of_too_many_bytes_is_refused_naming_the_limit(send, settings, media_root):
    settings.MAX_VIDEO_BYTES = 1024 * 1024

    with pytest.raises(TooLarge) as refusal:
        send(videos.film() + b"\0" * 1024 * 1024)

    assert (refusal.value.detail, refusal.value.field) == ("This video is over the limit of 1 MB.", "file")
    assert list(media_root.iterdir()) == []


def test_a_photo_has_the_limit_of_photos_however_large_videos_may_be(send, settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024

    with pytest.raises(TooLarge):
        send(photos.jpeg() + b"\0" * 1024 * 1024)


@pytest.mark.parametrize("data", [videos.film()[:400], videos.sound_only(), b"\x1a\x45\xdf\xa3" + b"\0" * 60])
def test_what_is_no_film_inside_is_refused(send, data):
    with pytest.raises(Invalid) as refusal:
        send(data)

    assert refusal.value.detail == "This video is damaged, or not of a kind we can read. Export it as MP4 (H.264)."


def test_a_video_is_no_avatar(send):
    with pytest.raises(UnsupportedMedia) as refusal:
        send(videos.film(), purpose=MediaPurpose.AVATAR)

    assert refusal.value.detail == "This file is not a photo we can read. Send JPEG, PNG, WebP, AVIF or HEIC."


def test_without_ffmpeg_a_video_is_refused_with_its_reason(send, settings, media_root):
    data = videos.film()
    settings.FFMPEG = "/nowhere/ffmpeg"

    with pytest.raises(UnsupportedMedia) as refusal:
        send(data)

    assert refusal.value.detail == "This server cannot prepare videos. Send a photo instead."
    assert list(media_root.iterdir()) == []


def test_an_ffmpeg_that_makes_no_h264_is_passed_over(tmp_path, monkeypatch):
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\necho libopenh264\n")
    poor.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    assert ffmpeg._found.__wrapped__() == imageio_ffmpeg.get_ffmpeg_exe()


def test_while_many_videos_are_looked_at_the_next_is_to_come_again(send, settings, media_root):
    places = settings.DOMAIN_THREADS // 2
    data, ana = videos.film(), make_user()
    for _ in range(places):
        files._places().acquire()

    with pytest.raises(Busy):
        send(data, owner=ana)

    files._places().release(places)
    assert list(media_root.iterdir()) == []
    assert send(data, owner=ana).kind == "video"


def test_a_video_that_ffmpeg_is_gone_for_fails_with_its_reason(send, settings):
    view = send(videos.film())
    settings.FFMPEG = "/nowhere/ffmpeg"

    actions.render(media_id=view.id)

    media = Media.objects.get()
    assert (media.state, media.reason) == (
        MediaState.FAILED,
        "This server cannot prepare videos. Send a photo instead.",
    )


def test_a_stalled_video_is_given_longer_than_a_photo_and_sent_again_after():
    ago = {"created_at": clock.now() - timedelta(hours=1), "state": MediaState.PROCESSING, "attempts": 1}
    ana = make_user()
    at_work = make_media(ana, kind=MediaKind.VIDEO, started_at=clock.now() - timedelta(seconds=200), **ago)
    stalled = make_media(ana, kind=MediaKind.VIDEO, started_at=clock.now() - timedelta(seconds=300), **ago)
    before = at_work.started_at

    actions.watch_media()

    at_work.refresh_from_db()
    stalled.refresh_from_db()
    assert at_work.started_at == before
    assert clock.now() - stalled.started_at < timedelta(seconds=60)


def test_the_watchdog_waits_until_a_video_s_task_must_have_ended(settings):
    assert timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT) < rendering.STALLED_VIDEO
    assert rendering.video.rendering._SECONDS < settings.CELERY_TASK_SOFT_TIME_LIMIT
    assert jail.FILE_BYTES > 480 * (3_000_000 + 128_000) // 8  # the longest that an operator may allow


def test_a_video_s_files_are_found_by_those_who_may_see_it_alone(media_root):
    ana, ben = make_users("ana", "ben")
    media = make_media(ana, videos=(96,), files=True)

    found = queries.video_file(ana.id, media.folder, 96)

    assert (found.size, found.etag, found.path) == (6, '"96"', f"{media.folder}/96.mp4")
    for viewer_id, width in ((ben.id, 96), (None, 96), (ana.id, 95)):
        with pytest.raises(NotFound):
            queries.video_file(viewer_id, media.folder, width)
