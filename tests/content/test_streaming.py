"""Facts about how a video's file is handed out: whole, in ranges, never to the wrong person, never as a page."""

import pytest
from asgiref.sync import async_to_sync

from tests.support.build import make_media, make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

CONTENT = b"mp4 96"  # as the builder writes it
WHOLE = (200, "6", None, CONTENT)
ALL_OF_IT = (206, "6", "bytes 0-5/6", CONTENT)
NOTHING = (416, "0", "bytes */6", b"")

RANGES = {
    "": WHOLE,
    "bytes=0-2": (206, "3", "bytes 0-2/6", b"mp4"),
    "bytes=4-": (206, "2", "bytes 4-5/6", b"96"),
    "bytes=4-99": (206, "2", "bytes 4-5/6", b"96"),
    "bytes=-2": (206, "2", "bytes 4-5/6", b"96"),
    "bytes=-99": ALL_OF_IT,
    "bytes=0-": ALL_OF_IT,
    "bytes=6-": NOTHING,
    "bytes=-0": NOTHING,
    "bytes=3-2": WHOLE,
    "bytes=0-1,3-4": WHOLE,
    "bytes=-": WHOLE,
    "lines=0-2": WHOLE,
    "bytes=9" + "9" * 40 + "-": WHOLE,
}


@pytest.fixture
def ask(media_root):
    ana = make_user()
    media = make_media(ana, videos=(96,), files=True)
    path = f"/media/{media.folder}/96.mp4"
    return lambda method="GET", **headers: Web(ana).send(method, path, headers=headers)


async def whole(answer):
    return b"".join([piece async for piece in answer.streaming_content])


def seen(answer):
    body = async_to_sync(whole)(answer) if answer.streaming else answer.content
    return answer.status_code, answer.headers.get("Content-Length"), answer.headers.get("Content-Range"), body


@pytest.mark.parametrize("asked", RANGES)
def test_a_range_is(asked, ask):
    assert seen(ask(Range=asked)) == RANGES[asked]


def test_a_video_is_a_video_and_nothing_else(ask):
    answer = ask()

    assert [answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Accept-Ranges", "ETag")] == [
        "video/mp4", "nosniff", "bytes", '"96"',
    ]  # fmt: skip
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_known_video_is_not_sent_again(ask):
    assert ask(**{"If-None-Match": '"96"'}).status_code == 304


@pytest.mark.parametrize(("etag", "status"), [('"96"', 206), ('"95"', 200)])
def test_a_range_of_another_file_is_the_whole_of_this_one(etag, status, ask):
    assert ask(Range="bytes=0-2", **{"If-Range": etag}).status_code == status


def test_head_says_the_size_and_sends_nothing(ask):
    assert seen(ask("HEAD")) == (200, "6", None, b"")
