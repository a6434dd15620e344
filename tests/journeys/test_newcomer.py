"""A newcomer: signs up, shares a photo, and sees it shown; and somebody without JavaScript."""

import re

from playwright.sync_api import expect

from content.models import Post
from tests.support import photos, videos
from tests.support.build import make_media, make_post, make_user
from tests.support.newcomer import sign_up


def photo(name="dawn.jpg"):
    return {"name": name, "mimeType": "image/jpeg", "buffer": photos.turned_jpeg(6, 960, 640)}


def test_a_newcomer_signs_up_and_shares_a_photo(visit):
    page = visit()
    sign_up(page, "mira")

    page.goto("/new/")
    page.get_by_label("Choose photos or videos").set_input_files(photo())
    row = page.locator("[data-part=rows] [data-part=state]")
    expect(row).to_have_text(re.compile("Ready|Uploaded", re.IGNORECASE))
    page.get_by_label("Describe this photo").fill("Light through water")
    page.get_by_label("Caption").fill("First light")
    page.get_by_role("button", name="Share", exact=True).click()

    page.wait_for_url("**/p/*/")
    expect(page.get_by_text("First light")).to_be_visible()
    expect(page.get_by_role("img", name="Light through water")).to_be_visible()


def test_a_file_that_is_no_photo_is_refused_with_its_reason(visit):
    page = visit(make_user("ana"))
    page.goto("/new/")

    text = {"name": "diary.jpg", "mimeType": "image/jpeg", "buffer": photos.TEXT}
    page.get_by_label("Choose photos or videos").set_input_files(text)

    reason = "This file is neither a photo nor a video we can read. Send JPEG, PNG, WebP, AVIF, HEIC, MP4, MOV or WebM."
    expect(page.locator("[data-part=rows] [data-part=state]")).to_contain_text(reason)


def test_without_javascript_a_form_likes_and_takes_it_back(visit):
    ana, ben = make_user("ana"), make_user("ben")
    post = make_post(ana, photos=0)
    make_media(ana, post=post, files=True)
    page = visit(ben, java_script_enabled=False)
    page.goto(f"/p/{post.id}/")

    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_role("button", name="Like", exact=True)).to_have_attribute("aria-pressed", "true")

    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_role("button", name="Like", exact=True)).to_have_attribute("aria-pressed", "false")


def test_without_javascript_a_form_shares_a_photo_and_a_video(visit):
    page = visit(make_user("ana"), java_script_enabled=False)
    page.goto("/new/")
    video = {"name": "waves.mp4", "mimeType": "video/mp4", "buffer": videos.film()}

    page.get_by_label("Choose photos or videos").set_input_files([photo(), video])
    page.get_by_label("Caption").fill("By form")
    page.get_by_label("Who may see it").select_option("followers")
    page.get_by_role("button", name="Share", exact=True).click()

    page.wait_for_url("**/p/*/")
    expect(page.get_by_text("By form")).to_be_visible()
    post = Post.objects.get()
    assert list(post.media.order_by("position").values_list("kind", flat=True)) == ["photo", "video"]
    assert post.visibility == "followers"
