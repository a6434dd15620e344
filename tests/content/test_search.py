"""Facts about search: who and what is found by which words, what never is, and that an index finds it."""

import re
from importlib import import_module

import pytest
from django.db import connection

from accounts.models import User
from content import queries
from content.models import Post, Tag
from core.problems import Invalid
from tests.support.build import make_block, make_follow, make_post, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer():
    return make_user("viewer")


def people(viewer, text, **page):
    return [person.username for person in queries.search(viewer.id, text, kind="people", **page).people.items]


def tags(viewer, text, **page):
    return [(tag.name, tag.post_count) for tag in queries.search(viewer.id, text, kind="tags", **page).tags.items]


def posts(viewer, text, **page):
    return [post.caption for post in queries.search(viewer.id, text, kind="posts", **page).posts.items]


@pytest.mark.parametrize("text", ["chlo", "CHLO", "chloé", "@chloe", "durand", "Élodie d", "dur", "c", "elodie durant"])
def test_people_are_found_by_username_and_name_in_any_case_and_accent(viewer, text):
    make_user("chloe", name="Elodie Durand")
    make_user("ben", name="Ben")

    assert people(viewer, text) == ["chloe"]


def test_people_whose_username_begins_so_come_first(viewer):
    make_user("mariana", name="Ana")
    make_user("anatol", name="Somebody Else")

    assert people(viewer, "ana") == ["anatol", "mariana"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "a%b", "' OR 1=1 --", "!!!"])
def test_signs_of_patterns_find_only_themselves(viewer, text):
    make_post(make_user("ana", name="Ana"), caption="#sea")

    found = queries.search(viewer.id, text)

    assert (found.people.items, found.tags.items, found.posts.items) == ([], [], [])


def test_people_pages_meet_without_gap_or_repeat(viewer):
    made = make_users("sam1", "sam2", "sam3", "sam4", "sam5")

    one = queries.search(viewer.id, "sam", kind="people", limit=2).people
    two = queries.search(viewer.id, "sam", kind="people", limit=2, after=one.next).people
    three = queries.search(viewer.id, "sam", kind="people", limit=2, after=two.next).people

    assert sorted(person.id for page in (one, two, three) for person in page.items) == [user.id for user in made]
    assert three.next is None


def test_tags_are_found_by_how_they_begin_with_their_number_of_posts(viewer):
    make_post(make_user("ana"), caption="#Éléphant #sea")
    make_post(make_user("ben"), caption="#éléphant #elephants")

    assert tags(viewer, "#ELE") == [("éléphant", 2), ("elephants", 1)]


def test_tag_pages_meet_without_gap_or_repeat(viewer):
    make_post(viewer, caption="#se #séa #sea #seb #sec")

    one = queries.search(viewer.id, "se", kind="tags", limit=2).tags
    two = queries.search(viewer.id, "se", kind="tags", limit=2, after=one.next).tags
    three = queries.search(viewer.id, "se", kind="tags", limit=2, after=two.next).tags

    names = [tag.name for page in (one, two, three) for tag in page.items]
    assert (sorted(names[1:3]), [names[0], *names[3:]], three.next) == (["sea", "séa"], ["se", "seb", "sec"], None)


@pytest.mark.parametrize("text", ["blue hour", "BLUE", "Ete", "été", '"the blue"', "blue -red"])
def test_captions_are_found_by_their_words(viewer, text):
    make_post(make_user("ana"), caption="The blue hour of an été")
    make_post(make_user("ben"), caption="Bluer and red")

    assert posts(viewer, text) == ["The blue hour of an été"]


def test_post_pages_meet_without_gap_or_repeat(viewer):
    for number in range(3):
        make_post(viewer, caption=f"sea {number}")

    one = queries.search(viewer.id, "sea", kind="posts", limit=2).posts

    assert (posts(viewer, "sea", limit=2), posts(viewer, "sea", after=one.next)) == (["sea 2", "sea 1"], ["sea 0"])


def test_posts_are_found_among_the_latest_and_behind_them(viewer, monkeypatch):
    monkeypatch.setattr(import_module("content.queries.search"), "LATEST", 2)  # by its name it is the function
    for number in range(5):
        make_post(viewer, caption=f"sea {number}")

    one = queries.search(viewer.id, "sea", kind="posts", limit=3).posts

    assert posts(viewer, "sea", limit=3) == ["sea 4", "sea 3", "sea 2"]
    assert posts(viewer, "sea", after=one.next) == ["sea 1", "sea 0"]


def test_what_the_policy_hides_is_not_found(viewer):
    private, blocker, blocked = make_user("sea_private", is_private=True), make_user("sea_a"), make_user("sea_b")
    gone = make_user("sea_gone", is_active=False)
    make_block(blocker, viewer)
    make_block(viewer, blocked)
    for author in (private, blocker, blocked, gone):
        make_post(author, caption="#sea")
    make_post(make_user("sea_open"), caption="#seal", published=False)

    assert (people(viewer, "sea"), tags(viewer, "sea"), posts(viewer, "sea")) == (["sea_open", "sea_private"], [], [])


def test_a_follower_finds_what_a_private_person_posts(viewer):
    private = make_user("ana", is_private=True)
    make_follow(viewer, private)
    make_post(private, caption="#sea")

    assert (tags(viewer, "sea"), posts(viewer, "sea")) == ([("sea", 1)], ["#sea"])


@pytest.mark.parametrize("text", ["", "  ", "@", "# ", "a" * 101, "a\0", "\ud800"])
def test_what_is_no_query_is_refused_naming_the_field(viewer, text):
    with pytest.raises(Invalid) as refusal:
        queries.search(viewer.id, text)

    assert refusal.value.field == "q"


def test_a_cursor_without_its_type_is_refused(viewer):
    with pytest.raises(Invalid) as refusal:
        queries.search(viewer.id, "a", after="AAAAAAAAAAA")

    assert refusal.value.field == "type"


@pytest.mark.parametrize("items", [1, 3])
def test_search_costs_six_queries(viewer, items, django_assert_num_queries):
    for number in range(items):
        make_post(make_user(f"sea{number}"), caption=f"sea #sea{number}")

    with django_assert_num_queries(6):
        found = queries.search(viewer.id, "sea")

    assert [len(page.items) for page in (found.people, found.tags, found.posts)] == [items] * 3


INDEXES = ("user_by_words", "tag_by_prefix", "post_by_words")
MANY = """
INSERT INTO accounts_user (username, name, email, password, is_superuser, is_staff, is_active, date_joined, bio, avatar,
    follower_count, following_count, post_count)
SELECT 'p' || n, md5(n::text), '', '!', false, false, true, now(), '', '', 0, 0, 0 FROM generate_series(1, 10000) AS n;
INSERT INTO content_tag (name) SELECT md5(n::text) FROM generate_series(1, 10000) AS n;
INSERT INTO content_post (author_id, caption, published_at, like_count, comment_count, ver)
SELECT %s, md5(n::text) || (ARRAY[' sea', ' sun'])[1 + n %% 2], now(), 0, 0, 0 FROM generate_series(1, 10000) AS n;
ANALYZE accounts_user, content_tag, content_post;
"""


@pytest.fixture
def many(viewer):
    """Ten thousand people, hashtags and posts; half of the posts say one word, and the others another."""
    with connection.cursor() as cursor:
        cursor.execute(MANY, [viewer.id])
    assert (User.objects.count(), Tag.objects.count(), Post.objects.count()) == (10_001, 10_000, 10_000)


@pytest.mark.usefixtures("many")
def test_each_kind_is_found_by_its_index_among_many(viewer, explained):
    plans = explained(lambda: queries.search(viewer.id, "c4ca4238a0"))

    assert [name for name in INDEXES if any(name in plan for plan in plans)] == list(INDEXES)


@pytest.mark.usefixtures("many")
def test_words_that_never_meet_are_looked_up_in_the_index(viewer, explained):
    latest, older = explained(lambda: queries.search(viewer.id, "sea sun", kind="posts"))

    assert ("post_by_words" in older, "content_post_pkey" in latest) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_get_search_gives_a_few_of_each(viewer):
    ana = make_user("ana")
    post = make_post(ana, caption="with #ana")

    body = Web(viewer).get("/api/v1/search", {"q": "ana"}).json()

    assert [item["id"] for item in body["people"]["items"]] == [str(ana.id)]
    assert body["tags"] == {"items": [{"name": "ana", "url": "/tags/ana/", "post_count": 1}], "next": None}
    assert [item["id"] for item in body["posts"]["items"]] == [str(post.id)]


@pytest.mark.django_db(transaction=True)
def test_get_search_of_one_type_is_a_page_of_it_with_its_link(viewer):
    make_post(viewer, caption="#sea #seb")

    answer = Web(viewer).get("/api/v1/search", {"q": "se", "type": "tags", "limit": 1})

    body = answer.json()
    assert (body["people"], body["posts"], [tag["name"] for tag in body["tags"]["items"]]) == (None, None, ["sea"])
    assert f"after={body['tags']['next']}" in answer["Link"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "\0"}, {"q": "a" * 101}, {"q": "a", "type": "x"}])
def test_get_search_of_no_query_is_refused(viewer, query):
    assert Web(viewer).get("/api/v1/search", query).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_search_shows_what_it_finds(viewer):
    post = make_post(make_user("ana"), caption="sea")

    answer = Web(viewer).get("/search/", {"q": "sea"})

    assert answer.templates[0].name == "content/search.html"
    assert [card.id for card in answer.context["found"].posts.items] == [post.id]


@pytest.mark.django_db(transaction=True)
def test_the_page_of_no_search_is_its_form(viewer):
    assert Web(viewer).get("/search/").context["found"] is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("asked", "said"), [("#", "Write something first."), ("x" * 101, "101 characters is over the limit of 100.")]
)
def test_the_page_of_a_search_says_why_it_looked_for_nothing(viewer, asked, said):
    answer = Web(viewer).get("/search/", {"q": asked})

    assert (answer.status_code, said in answer.content.decode()) == (422, True)


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_search_has_a_tab_for_each_type_that_keeps_the_words(viewer):
    page = Web(viewer).get("/search/", {"q": "sea", "type": "tags"}).content.decode()

    tabs = re.findall(r'tabs__item" href="([^"]+)"( aria-current)?', page)
    assert tabs == [
        ("?q=sea", ""),
        ("?q=sea&amp;type=people", ""),
        ("?q=sea&amp;type=tags", " aria-current"),
        ("?q=sea&amp;type=posts", ""),
    ]


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_search_that_finds_nothing_says_so(viewer):
    assert "Nothing found" in Web(viewer).get("/search/", {"q": "xyzzy"}).content.decode()
