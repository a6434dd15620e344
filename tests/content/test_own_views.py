"""The pages of posts for one person's eyes alone: saved, archive, recently deleted."""

import pytest

from content.models import Post
from core import clock
from tests.support.build import make_post, make_save, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def shown(answer):
    return [card.id for card in answer.context["posts"].items]


def test_saved_page_has_what_one_keeps_and_nobody_else_s():
    ana, ben = make_users("ana", "ben")
    kept, other = make_post(ben), make_post(ben)
    make_save(kept, ana)
    make_save(other, ben)

    assert shown(Web(ana).get("/saved/")) == [kept.id]


def test_archive_page_has_one_s_own_archive():
    ana, ben = make_users("ana", "ben")
    archived = make_post(ana, archived_at=clock.now())
    make_post(ana)
    make_post(ben, archived_at=clock.now())

    assert shown(Web(ana).get("/archive/")) == [archived.id]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/saved/", "Keep what you like"),
        ("/archive/", "Nothing in the archive"),
        ("/deleted/", "Nothing was deleted lately"),
    ],
)
def test_an_empty_page_says_what_will_be_there(path, says):
    assert says in Web(make_user("ana")).get(path).content.decode()


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/saved/", "accounts/_grid_items.html"),
        ("/archive/", "accounts/_grid_items.html"),
        ("/deleted/", "content/_deleted_items.html"),
    ],
)
def test_a_fragment_of_these_is_only_the_rows(path, template):
    assert Web(make_user("ana")).get(path, {"fragment": "1"}).templates[0].name == template


@pytest.mark.parametrize("path", ["/saved/", "/archive/", "/deleted/"])
def test_these_pages_are_for_who_is_signed_in(path):
    assert Web().get(path)["Location"] == f"/accounts/login/?next={path}"


def test_a_deleted_post_is_listed_and_brought_back_to_its_page():
    ana = make_user("ana")
    post = make_post(ana, deleted_at=clock.now())
    web = Web(ana)
    listed = shown(web.get("/deleted/"))

    answer = web.post(f"/deleted/{post.id}/restore/")

    assert (listed, answer.status_code, answer["Location"]) == ([post.id], 303, f"/p/{post.id}/")
    assert Post.objects.kept().count() == 1


def test_a_deleted_post_is_removed_for_good():
    ana = make_user("ana")
    post = make_post(ana, photos=0, deleted_at=clock.now())

    answer = Web(ana).post(f"/deleted/{post.id}/purge/")

    assert (answer["Location"], Post.objects.count()) == ("/deleted/", 0)


@pytest.mark.parametrize("act", ["restore", "purge"])
def test_nobody_else_touches_a_deleted_post(act):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, deleted_at=clock.now())

    assert Web(ben).post(f"/deleted/{post.id}/{act}/").status_code == 404
    assert Post.objects.filter(deleted_at__isnull=False).count() == 1
