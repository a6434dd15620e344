"""Photos' files: what may be cached by whom, addresses that open without credentials, and who sends the bytes."""

import re
import time
from pathlib import Path

import pytest
from django.core import signing

from accounts import actions as people
from content import actions, proofs
from content.models import Media, MediaPurpose
from content.photos import MediaView
from tests.support import photos
from tests.support.build import address_of, make_block, make_follow, make_media, make_post, make_user
from tests.support.web import Web

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media_root")]

FOR_ALL, FOR_ONE = "public, max-age=86400, s-maxage=300, immutable", "private, no-cache"
NGINX = Path(__file__).resolve().parent.parent.parent / "deploy/nginx.conf"


@pytest.fixture
def ana():
    return make_user("ana")


@pytest.fixture
def ben(ana):
    """Somebody who follows ana."""
    ben = make_user("ben")
    make_follow(ben, ana)
    return ben


def photo_of(author, **fields):
    """The photo of a post of theirs, with its file."""
    return make_media(author, post=make_post(author, photos=0, **fields), files=True)


def status(address, user=None, **headers):
    return Web(user).get(address, headers=headers).status_code


def test_a_photo_for_all_may_be_kept_by_shared_caches(ana, ben):
    media = photo_of(ana)

    assert [Web(user).get(address_of(media))["Cache-Control"] for user in (None, ben, ana)] == [FOR_ALL] * 3


@pytest.mark.parametrize("proven", [False, True])
def test_a_photo_for_few_is_kept_by_no_shared_cache(ana, ben, proven):
    media = photo_of(ana, visibility="followers")

    answer = Web(None if proven else ben).get(address_of(media, proven_for=ben if proven else None))

    assert (answer.content, answer["Cache-Control"]) == (b"RIFF 96", FOR_ONE)
    assert {"Cookie", "Authorization"} <= set(answer["Vary"].split(", "))


def test_a_browser_that_has_a_photo_for_few_asks_whether_it_still_may(ana, ben):
    media = photo_of(ana, visibility="followers")

    answer = Web(ben).get(address_of(media), headers={"If-None-Match": '"96"'})

    assert (answer.status_code, answer["Cache-Control"]) == (304, FOR_ONE)


def go_private(post):
    people.update_profile(user_id=post.author_id, private=True)


def narrow(post):
    actions.edit_post(post_id=post.id, actor_id=post.author_id, visibility="followers")


def archive(post):
    actions.archive_post(post_id=post.id, actor_id=post.author_id)


def delete(post):
    actions.delete_post(post_id=post.id, actor_id=post.author_id)


@pytest.mark.parametrize("hide", [go_private, narrow, archive, delete])
def test_the_address_of_what_was_public_leads_nowhere_at_once(ana, hide):
    media = photo_of(ana)
    address = address_of(media)
    before = status(address)

    hide(media.post)

    assert (before, status(address), status(address, **{"If-None-Match": '"96"'})) == (200, 404, 404)


def test_a_public_photo_has_the_same_address_for_all(ana, ben):
    media = photo_of(ana)

    urls = [Web(user).get(f"/api/v1/posts/{media.post_id}").json()["media"][0]["urls"]["320"] for user in (ana, ben)]

    assert urls == [address_of(media)] * 2


@pytest.mark.parametrize("path", ["/api/v1/posts/{post}", "/api/v1/media/{media}", "/api/v1/feed"])
def test_rest_gives_addresses_that_open_without_credentials(ana, ben, path):
    media = photo_of(ana, visibility="followers")

    answer = Web(ben).get(path.format(post=media.post_id, media=media.id))
    (url,) = set(re.findall(r'"(/media/[^"]+)"', answer.content.decode()))

    assert (Web().get(url).content, status(address_of(media))) == (b"RIFF 96", 404)


def test_a_videos_addresses_open_without_credentials_too(ana, ben):
    post = make_post(ana, photos=0, visibility="followers")
    make_media(ana, post=post, videos=(96,), files=True)

    url = Web(ben).get(f"/api/v1/posts/{post.id}").json()["media"][0]["videos"]["96"]

    assert (status(url), status(url.partition("?")[0])) == (200, 404)


def test_an_upload_that_is_in_no_post_yet_opens_for_its_owner(ana):
    media = make_media(ana, files=True)

    url = Web(ana).send("PATCH", f"/api/v1/media/{media.id}", {"alt": "A cat"}).json()["urls"]["320"]

    assert (Web().get(url).content, status(address_of(media))) == (b"RIFF 96", 404)


def test_frames_have_plain_addresses(ana):
    """They are kept for days, and who reads them brings credentials."""
    view = MediaView(1, "ready", "", 1, 1, "", "", "", "f", widths=(96,))

    assert set(view.as_dict()["urls"].values()) == {"/media/f/96"}


def unfollow(ana, ben):
    people.unfollow_user(username="ana", actor_id=ben.id)


def block(ana, ben):
    make_block(ana, ben)


def suspend(ana, ben):
    people.suspend_user(username="ben")


@pytest.mark.parametrize("end", [unfollow, block, suspend])
def test_a_proof_ends_with_the_right_of_whom_it_was_made_for(ana, ben, end):
    media = photo_of(ana, visibility="followers")
    address = address_of(media, proven_for=ben)
    before = status(address)

    end(ana, ben)

    assert (before, status(address)) == (200, 404)


def test_an_authors_proof_ends_with_their_suspension(ana):
    media = photo_of(ana, visibility="followers")
    address = address_of(media, proven_for=ana)

    people.suspend_user(username="ana")

    assert status(address) == 404


def test_who_is_signed_in_is_helped_by_nobody_elses_proof(ana, ben):
    media = photo_of(ana, visibility="followers")

    assert status(address_of(media, proven_for=ben), make_user("eve")) == 404


@pytest.mark.parametrize("spoil", [
    lambda proof: "",
    lambda proof: proof[:-1],
    lambda proof: "0" + proof,
    lambda proof: proof + "=",
    lambda proof: proof.replace(":", ""),
    lambda proof: "\x00",
])  # fmt: skip
def test_a_spoilt_proof_is_none(ana, ben, spoil):
    media = photo_of(ana, visibility="followers")

    assert proofs.proven_by(spoil(proofs.proof_for(ben.id, media.folder)), media.folder) is None


def test_a_proof_is_for_one_photo(ana, ben):
    one, other = (photo_of(ana, visibility="followers") for _ in range(2))
    proof = proofs.proof_for(ben.id, one.folder)

    assert [proofs.proven_by(proof, media.folder) for media in (one, other)] == [ben.id, None]


def test_nothing_else_that_we_sign_is_a_proof(ana, ben):
    media = photo_of(ana, visibility="followers")
    foreign = signing.TimestampSigner(salt="another").sign(f"{media.folder}:{ben.id}").partition(":")[2]

    assert proofs.proven_by(foreign, media.folder) is None


@pytest.mark.parametrize(("age", "viewer"), [(0, 7), (290, 7), (301, None)])
def test_a_proof_lasts_for_five_minutes_at_most(age, viewer):
    then = signing.b62_encode(int(time.time()) - age)
    value = f"f:7:{then}"
    proof = f"7:{then}:{signing.TimestampSigner(salt='content.proofs').signature(value)}"

    assert proofs.proven_by(proof, "f") == viewer


def test_proofs_of_one_minute_are_the_same():
    minted = signing.b62_decode(proofs.proof_for(7, "f").split(":")[1])

    assert minted in {int(now) // proofs.STEP_SECONDS * proofs.STEP_SECONDS for now in (time.time() - 1, time.time())}


def test_a_former_key_counts_until_its_proofs_end(settings):
    proof = proofs.proof_for(7, "f")
    former = settings.SECRET_KEY

    settings.SECRET_KEY = "another key"
    forgotten = proofs.proven_by(proof, "f")
    settings.SECRET_KEY_FALLBACKS = [former]

    assert (forgotten, proofs.proven_by(proof, "f")) == (None, 7)


def test_the_proxy_is_told_where_the_file_lies(ana, settings):
    settings.MEDIA_LOCATION = "/_media/"
    media = photo_of(ana)

    answer = Web().get(address_of(media))

    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"", "image/webp")
    assert (answer["X-Accel-Redirect"], answer["ETag"]) == (f"/_media/{media.folder}/96.webp", '"96"')


def test_the_proxy_is_told_where_a_video_lies_whatever_range_is_asked_for(ana, settings):
    settings.MEDIA_LOCATION = "/_media/"
    media = make_media(ana, post=make_post(ana, photos=0), videos=(96,), files=True)

    answer = Web().get(f"/media/{media.folder}/96.mp4", headers={"Range": "bytes=0-1"})

    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"", "video/mp4")
    assert (answer["X-Accel-Redirect"], answer["ETag"]) == (f"/_media/{media.folder}/96.mp4", '"96"')


def test_the_proxy_sends_nothing_that_the_client_has(ana, settings):
    settings.MEDIA_LOCATION = "/_media/"
    media = photo_of(ana)

    answer = Web().get(address_of(media), headers={"If-None-Match": '"96"'})

    assert (answer.status_code, "X-Accel-Redirect" in answer) == (304, False)


def test_the_proxy_is_told_nothing_of_what_the_viewer_may_not_see(ana, settings):
    settings.MEDIA_LOCATION = "/_media/"
    media = photo_of(ana, visibility="followers")

    answer = Web().get(address_of(media))

    assert (answer.status_code, "X-Accel-Redirect" in answer) == (404, False)


def test_without_a_proxy_the_file_is_sent_and_its_place_is_not_told(ana):
    answer = Web().get(address_of(photo_of(ana)))

    assert (answer.content, "X-Accel-Redirect" in answer) == (b"RIFF 96", False)


def test_nginx_lets_nobody_in_to_the_files_from_outside():
    location = re.search(r"location /_media/ \{(.*?)\n    \}", NGINX.read_text(), re.DOTALL)[1]

    assert re.findall(r"^ +(internal|alias .*);$", location, re.MULTILINE) == [
        "internal", "alias /srv/photophore/data/media/",
    ]  # fmt: skip


def test_a_folders_name_has_128_random_bits(upload):
    ana = make_user()
    for _ in range(2):
        actions.create_media(owner_id=ana.id, file=upload(photos.jpeg()))

    folders = set(Media.objects.values_list("folder", flat=True))
    assert [len(bytes.fromhex(folder)) for folder in folders] == [16, 16]


def test_an_avatar_is_for_all_but_whom_its_owner_blocked(ana):
    ben = make_user("ben")
    media = make_media(ana, purpose=MediaPurpose.AVATAR, files=True)
    make_block(ana, ben)

    assert [status(address_of(media), user) for user in (None, ben)] == [200, 404]


def test_a_suspended_persons_photos_are_gone(ana):
    media = photo_of(ana)
    people.suspend_user(username="ana")

    assert status(address_of(media)) == 404
