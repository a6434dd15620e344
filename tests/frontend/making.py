"""The page that makes a post, as its template prints it, and what it sends."""

import io
from email.parser import BytesParser
from email.policy import HTTP

from django.template.loader import render_to_string
from PIL import Image, ImageCms
from playwright.sync_api import expect

from tests.support import photos
from tests.support.web import PLAIN_STATIC

MOST = {"files": 3, "photo_megabytes": 25, "video_megabytes": 100, "video_seconds": 60, "mentions": 2}
SHEETS = (
    "reset",
    "tokens",
    "utilities",
    *(f"components/{name}" for name in ("icon", "button", "field", "photo-upload", "upload-row", "photo-editor")),
)
STYLES = "".join(f'<link rel=stylesheet href="/static/css/{name}.css">' for name in SHEETS)
GONE = "new Promise((done) => { indexedDB.deleteDatabase('photophore').onsuccess = done; })"
SCRIPT = '<script type=module src="/static/js/elements/photo-upload.js"></script>'


def page():
    """What new.html holds."""
    with PLAIN_STATIC:
        return STYLES + SCRIPT + render_to_string("content/_photo_upload.html", {"most": MOST})


def picture(name="a.jpg", data=None):
    """A file as the field takes it: four quarters, 96 by 64, unless given."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": photos.jpeg() if data is None else data}


def bytes_in(asked):
    """The file of an upload."""
    head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
    (file,) = BytesParser(policy=HTTP).parsebytes(head + asked.body).iter_parts()
    return file.get_payload(decode=True)


def image_in(asked):
    """The picture of an upload in sRGB, whatever profile it carries."""
    image = Image.open(io.BytesIO(bytes_in(asked)))
    profile = image.info.get("icc_profile")
    if profile is None:
        return image.convert("RGB")
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.profileToProfile(image.convert("RGB"), source, ImageCms.createProfile("sRGB"))


def rows(tab):
    """The photos and videos on the page."""
    return tab.page.locator("[data-part=rows] > li")


def choose(tab, *files, state="processing"):
    """Choose files and wait until all are there."""
    before = rows(tab).count()
    tab.page.locator("[data-part=input]").set_input_files(list(files))
    expect(tab.page.locator(f"[data-part=rows] > [data-state={state}]")).to_have_count(before + len(files))


def asked(site, method, path):
    """The requests that were made so."""
    return [one for one in site.asked if (one.method, one.path) == (method, f"/api/v1{path}")]
