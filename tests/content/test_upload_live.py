"""What people really send, through the real web process and worker, to its end: shown, or refused with a reason."""

import io

import pytest
from PIL import Image

from content.models import Media
from tests.support import photos
from tests.support.build import make_user


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def send(api, ana):
    client = api(ana)

    def send(data, name="photo.jpg"):
        return client.post("/media", files={"file": (name, data, "image/jpeg")})

    return send


@pytest.fixture
def finished(send, open_socket, ana):
    """Send a photo, and wait for the frame that tells its end."""

    def finished(data, name="photo.jpg"):
        socket = open_socket(ana)
        socket.hello()
        accepted = send(data, name)
        assert (accepted.status_code, accepted.json()["state"]) == (202, "processing")
        media = socket.event("post.media", timeout=30)["d"]["media"]
        assert media["id"] == accepted.json()["id"]
        return media

    return finished


@pytest.fixture
def fetch(api, ana, stack):
    client = api(ana)

    def fetch(media):
        return client.get(f"{stack.url}{media['urls']['1080']}").content

    return fetch


def test_a_photo_with_gps_is_shown_without_it(finished, fetch):
    assert photos.SECRET in photos.tagged_jpeg()

    shown = fetch(finished(photos.tagged_jpeg()))

    assert photos.SECRET not in shown
    assert dict(Image.open(io.BytesIO(shown)).getexif()) == {}


def test_a_turned_photo_is_shown_upright(finished, fetch):
    shown = fetch(finished(photos.turned_jpeg(6)))

    assert photos.quarters(Image.open(io.BytesIO(shown))) == photos.UPRIGHT


def test_a_heic_named_jpg_is_shown(finished, fetch):
    media = finished(photos.HEIC)

    assert (media["state"], Image.open(io.BytesIO(fetch(media))).format) == ("ready", "WEBP")


def test_a_text_named_jpg_is_refused_with_its_reason(send):
    refused = send(photos.TEXT)

    reason = "This file is neither a photo nor a video we can read. Send JPEG, PNG, WebP, AVIF, HEIC, MP4, MOV or WebM."
    assert (refused.status_code, refused.json()["errors"]) == (415, [{"field": "file", "detail": reason}])
    assert Media.objects.count() == 0


def test_a_photo_of_too_many_pixels_is_refused_with_its_size_and_the_limit(send):
    refused = send(photos.png_announcing(50_000, 50_000), "photo.png")

    reason = "50,000 × 50,000 pixels is over the limit of 60 megapixels."  # noqa: RUF001 -- as people write it
    assert (refused.status_code, refused.json()["errors"]) == (422, [{"field": "file", "detail": reason}])
    assert Media.objects.count() == 0


def test_a_photo_that_cannot_be_decoded_fails_with_a_reason(finished):
    media = finished(photos.wrong_checksum_png(), "photo.png")

    assert (media["state"], media["urls"]) == ("failed", {})
    assert media["reason"].endswith(".")


def test_a_photo_whose_worker_died_is_finished_by_the_next(stack, send, open_socket, ana):
    socket = open_socket(ana)
    socket.hello()
    stack.media.kill()
    sent = send(photos.jpeg()).json()["id"]

    stack.media.start()

    media = socket.event("post.media", timeout=40)["d"]["media"]
    assert (media["id"], media["state"]) == (sent, "ready")
