"""A photo's and a video's way through the real processes: over REST, into a worker, and back over a socket."""

from pathlib import Path

from django.conf import settings

from content.models import Media
from tests.support import photos, videos
from tests.support.build import make_user
from tests.support.wait import until


def test_a_heic_named_jpg_becomes_ready_live_and_its_files_go_with_its_post(api, open_socket):
    ana = make_user()
    socket, client = open_socket(ana), api(ana)
    socket.hello()
    upload = client.post("/media", files={"file": ("cat.jpg", photos.HEIC, "image/jpeg")}, data={"alt": "A cat"})
    media_id = upload.json()["id"]
    post_id = client.post("/posts", json={"caption": "Dawn", "media": [media_id]}).json()["id"]

    told = socket.event("post.media")["d"]
    media = client.get(f"/media/{media_id}").json()
    folder = Path(settings.MEDIA_ROOT) / Media.objects.get().folder
    until(lambda: {path.suffix for path in folder.iterdir()} == {".webp"})  # the original goes after the commit
    deleted = [client.delete(f"/{path}/{post_id}").status_code for path in ("posts", "me/deleted")]

    assert (upload.status_code, media["state"], media["alt"]) == (202, "ready", "A cat")
    assert told["media"] == media
    assert deleted == [204, 204]
    until(lambda: not folder.exists())


def test_a_video_becomes_ready_live_and_publishes_its_post(stack, api, open_socket):
    ana = make_user()
    socket, client = open_socket(ana), api(ana)
    socket.hello()
    upload = client.post("/media", files={"file": ("film.mp4", videos.film(), "video/mp4")})
    post_id = client.post("/posts", json={"caption": "Dusk", "media": [upload.json()["id"]]}).json()["id"]

    told = socket.event("post.media", timeout=40)["d"]["media"]
    part = client.get(f"{stack.url}{told['videos']['96']}", headers={"Range": "bytes=4-7"})

    assert (upload.status_code, told["kind"], told["state"], told["duration"]) == (202, "video", "ready", 1.0)
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert client.get(f"/posts/{post_id}").json()["state"] == "published"
