"""The upload corpus (S20 to S27): every file ends refused with its reason, or clean; its name and shape do no harm."""

import re

import pytest

from content import actions
from content.models import Media, MediaState
from core.problems import Problem
from tests.support import photos
from tests.support.build import make_user
from tests.support.corpus import CORPUS, READY, TOLD
from tests.support.web import Web

SHOWN = {".webp": (8, b"WEBP"), ".mp4": (4, b"ftyp")}  # where the files that are handed out say what they are


def end_of(file):
    """Upload a file and have it rendered; answer how it ended."""
    try:
        media_id = actions.create_media(owner_id=make_user().id, file=file).id
    except Problem as refusal:
        return refusal.detail
    actions.render(media_id=media_id)
    media = Media.objects.get()
    return READY if media.state == MediaState.READY else media.reason


@pytest.mark.django_db
@pytest.mark.parametrize("name", CORPUS)
def test_the_corpus_ends_refused_with_its_reason_or_clean(name, upload, media_root, on_commit):
    make, end = CORPUS[name]

    with on_commit():
        ended = end_of(upload(make()))

    files = [path for path in media_root.rglob("*") if path.is_file()]
    assert ended == end
    assert bool(files) is (end == READY)
    for path in files:
        at, kind = SHOWN[path.suffix]
        content = path.read_bytes()
        assert content[at : at + 4] == kind
        assert [told for told in TOLD if told in content] == []


def multipart(*parts):
    """The body of a form, byte by byte: no client would send what these say."""
    return b"".join(b"--edge\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--edge--\r\n"


def named(name):
    return b'name="file"; filename="' + name + b'"\r\nContent-Type: image/jpeg\r\n\r\n' + photos.jpeg()


@pytest.fixture
def send(media_root, transactional_db):
    """Send parts of a form as an upload; answer the status."""
    web = Web(make_user(), token=True)

    def send(*parts):
        kind = "multipart/form-data; boundary=edge"
        return web.post("/api/v1/media", multipart(*parts), content_type=kind).status_code

    return send


NAMES = {
    "climbs": (b"../../x", 202),
    "climbs on another system": (b"..\\..\\x", 202),
    "is absolute": (b"/etc/cron.d/x", 202),
    "is encoded": (b"%2e%2e%2fx", 202),
    "has an end inside": (b"cat.jpg\0.html", 202),
    "reads backwards": ("cat\u202egpj.exe".encode(), 202),
    "is a device": (b"CON", 202),
    "is a command": (b";id", 202),
    "is a page": (b"<script>alert(1)</script>.jpg", 202),
    "is 200 letters": (b"x" * 200 + b".jpg", 202),
    "is 4 KB": (b"x" * 4_096, 400),
    "is no text": (b"\xff\xfe\xff.jpg", 422),
    "is only dots": (b"..", 422),  # which leaves no name: the part is no file
    "is empty": (b"", 422),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_a_name_of_ours_whatever_its_own(name, send, media_root, tmp_path):
    sent, status = NAMES[name]

    answered = send(named(sent))

    found = [str(path.relative_to(media_root)) for path in media_root.rglob("*") if path.is_file()]
    assert answered == status
    assert [re.sub("[0-9a-f]{32}", "<folder>", path) for path in found] == ["<folder>/original"] * (status == 202)
    assert {path.name for path in tmp_path.iterdir()} <= {"media"}


def field(number):
    return b'name="field%d"\r\n\r\nvalue' % number


PARTS = {
    "100 files": [named(b"cat.jpg")] * 100,
    "1,000 fields": [named(b"cat.jpg"), *map(field, range(1_000))],
    "a field of 2 MB": [named(b"cat.jpg"), field(1) + b"x" * 2_000_000],
    "parts in a part": [b'name="file"\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n--inner--'],
}


@pytest.mark.parametrize("name", PARTS)
def test_a_form_of_too_many_parts_is_refused(name, send, media_root):
    assert send(*PARTS[name]) in {400, 413, 422}
    assert not media_root.exists()
