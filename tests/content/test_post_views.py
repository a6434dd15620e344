"""What one does about a post without JavaScript: save, edit, archive, who likes it."""

import pytest

from content.models import Post, Save
from tests.support.build import make_like, make_post, make_save, make_user, make_users
from tests.support.web import Web

ACTS = ("/p/{post}/edit/", "/p/{post}/archive/", "/p/{post}/delete/", "/report/post/{post}/")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    return make_users("ana", "ben")


def sent_to(answer):
    return answer.status_code, answer["Location"]


def form(post, **changes):
    media = post.media.get()
    return {"caption": "Dusk", "visibility": "followers", f"alt-{media.id}": "A lantern", **changes}


def test_save_form_saves_and_goes_back(people):
    ana, ben = people
    post = make_post(ana)

    answer = Web(ben).post(f"/p/{post.id}/save/", {"next": "/#post"})

    assert sent_to(answer) == (303, "/#post")
    assert list(Save.objects.values_list("user_id", flat=True)) == [ben.id]


def test_save_form_undoes(people):
    ana, ben = people
    post = make_post(ana)
    make_save(post, ben)

    answer = Web(ben).post(f"/p/{post.id}/save/", {"undo": "1"})

    assert (sent_to(answer), Save.objects.count()) == ((303, f"/p/{post.id}/"), 0)


@pytest.mark.parametrize(("undo", "closed"), [({}, True), ({"undo": "1"}, False)])
def test_comments_are_turned_off_and_on_again(people, undo, closed):
    post = make_post(people[0], comments_off=not closed)

    answer = Web(people[0]).post(f"/p/{post.id}/comments-off/", undo)

    assert (sent_to(answer), Post.objects.get().comments_off) == ((303, f"/p/{post.id}/"), closed)


def test_archive_form_archives_and_brings_back(people):
    web, post = Web(people[0]), make_post(people[0])

    web.post(f"/p/{post.id}/archive/")
    archived = Post.objects.get().archived_at is not None
    answer = web.post(f"/p/{post.id}/archive/", {"undo": "1"})

    assert (archived, Post.objects.get().archived_at) == (True, None)
    assert sent_to(answer) == (303, f"/p/{post.id}/")


def test_what_is_put_away_is_told_on_the_next_page(people):
    web, post = Web(people[0]), make_post(people[0])

    web.post(f"/p/{post.id}/archive/")

    assert [str(message) for message in web.get("/").context["messages"]] == ["It is in your archive: only you see it."]


def test_edit_page_shows_the_post_as_it_is(people):
    post = make_post(people[0], caption="Dawn", comments_off=True)

    context = Web(people[0]).get(f"/p/{post.id}/edit/").context

    assert [context[name] for name in ("caption", "visibility", "comments_off")] == ["Dawn", "public", True]


def test_edit_form_changes_the_post_and_its_photos(people):
    post = make_post(people[0], caption="Dawn", comments_off=True)

    answer = Web(people[0]).post(f"/p/{post.id}/edit/", form(post))

    changed = Post.objects.get()
    assert sent_to(answer) == (303, f"/p/{post.id}/")
    assert (changed.caption, changed.visibility, changed.comments_off) == ("Dusk", "followers", False)
    assert changed.media.get().alt == "A lantern"


def test_edit_form_refused_keeps_what_was_typed(people):
    post = make_post(people[0], caption="Dawn")

    answer = Web(people[0]).post(f"/p/{post.id}/edit/", form(post, caption="x" * 2_201))

    assert (answer.status_code, answer.context["caption"]) == (422, "x" * 2_201)
    assert [alt for _, alt in answer.context["photos"]] == ["A lantern"]
    assert (Post.objects.get().caption, post.media.get().alt) == ("Dawn", "")


def test_edit_form_asks_for_an_audience_that_there_is(people):
    post = make_post(people[0])

    answer = Web(people[0]).post(f"/p/{post.id}/edit/", form(post, visibility="nobody"))

    assert (answer.status_code, answer.context["error"].field) == (422, "visibility")


def test_edit_form_describes_no_photo_of_somebody_else(people):
    ana, ben = people
    post, other = make_post(ana), make_post(ben)

    answer = Web(ana).post(f"/p/{post.id}/edit/", form(other))

    assert (answer.status_code, other.media.get().alt, Post.objects.get(pk=post.pk).caption) == (404, "", "")


@pytest.mark.parametrize("path", ["edit", "archive", "comments-off"])
def test_what_is_somebody_elses_is_refused(people, path):
    post = make_post(people[0], caption="Dawn")

    answer = Web(people[1]).post(f"/p/{post.id}/{path}/", {"caption": "Mine", "visibility": "public"})

    kept = Post.objects.get()
    assert (answer.status_code, kept.caption, kept.archived_at, kept.comments_off) == (403, "Dawn", None, False)


def test_edit_page_of_somebody_elses_post_is_refused(people):
    post = make_post(people[0])

    assert Web(people[1]).get(f"/p/{post.id}/edit/").status_code == 403


def test_likes_page_names_who_likes_it(people):
    ana, ben = people
    post = make_post(ana)
    make_like(post, ben)

    answer = Web(ana).get(f"/p/{post.id}/likes/")

    assert [person.username for person in answer.context["people"].items] == ["ben"]


def test_likes_page_goes_on_by_a_fragment(people):
    post = make_post(people[0])

    answer = Web(people[0]).get(f"/p/{post.id}/likes/", {"fragment": "1"})

    assert answer.templates[0].name == "accounts/_people_items.html"


def test_edits_page_tells_what_the_caption_was(people):
    post = make_post(people[0], caption="Dawn")
    Web(people[0]).post(f"/p/{post.id}/edit/", form(post, visibility="public"))

    answer = Web().get(f"/p/{post.id}/edits/")

    assert [edit.caption for edit in answer.context["edits"]] == ["Dawn"]


def test_post_menu_offers_its_author_to_change_it_and_others_to_report_it(people):
    post = make_post(people[0])

    offers = {
        who: [act for act in ACTS if act.format(post=post.id) in text]
        for who, text in ((user and user.username, page_of(user, post)) for user in (*people, None))
    }

    assert offers == {"ana": list(ACTS[:3]), "ben": [ACTS[3]], None: []}


def page_of(user, post):
    return Web(user).get(f"/p/{post.id}/").content.decode().partition("<main")[2]


def test_where_one_is_is_marked():
    ana = make_user("mia")
    web = Web(ana)
    paths = ["/", "/explore/", "/search/", "/new/", "/notifications/", "/@mia/", "/settings/", "/developers/"]

    marked = {path: marks(web.get(path).content.decode()) for path in paths}

    assert marked == {path: {path} for path in paths}


def marks(text):
    header = text.partition('<header class="site-header')[2].partition("</header>")[0]
    links = [tag for tag in header.split("<a ") if 'aria-current="page"' in tag.partition(">")[0]]
    return {tag.partition('href="')[2].partition('"')[0] for tag in links}


def test_the_end_of_a_feed_is_told_once_it_is_reached():
    ana = make_user("mia")
    for _ in range(13):
        make_post(ana)

    first = Web(ana).get("/", {"fragment": "1"})
    last = Web(ana).get("/", {"fragment": "1", "after": first.context["page"].next})

    assert ["feed-end" in answer.content.decode() for answer in (first, last)] == [False, True]
