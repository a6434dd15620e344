"""Facts about hashtags: what a caption puts a post under, and who sees it there."""

import pytest
from django.db import connection

from content import actions, queries
from content.actions.tagging import tag
from content.models import MAX_TAGS, PostTag, Tag
from core.problems import NotFound
from tests.support.build import make_block, make_follow, make_media, make_post, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def tags_of(post_id):
    return sorted(PostTag.objects.filter(post_id=post_id).values_list("tag__name", flat=True))


def ids(page):
    return [item.id for item in page.items]


def test_create_post_puts_it_under_the_hashtags_of_its_caption():
    ana = make_user()

    card = actions.create_post(author_id=ana.id, caption="#Sea and #sun", media_ids=[make_media(ana).id])

    assert tags_of(card.id) == ["sea", "sun"]


def test_create_post_keeps_the_first_hashtags_up_to_the_limit():
    ana = make_user()
    caption = " ".join(f"#t{number:02}" for number in range(MAX_TAGS + 1))

    card = actions.create_post(author_id=ana.id, caption=caption, media_ids=[make_media(ana).id])

    assert tags_of(card.id) == [f"t{number:02}" for number in range(MAX_TAGS)]


def test_another_caption_leaves_its_own_hashtags_only():
    post = make_post(make_user(), caption="#sea #sun")

    tag(post.id, "#sun #rain")

    assert tags_of(post.id) == ["rain", "sun"]


def test_the_same_caption_again_changes_nothing():
    post = make_post(make_user(), caption="#sea")
    before = list(PostTag.objects.values_list("id", "tag_id"))

    tag(post.id, "#sea")

    assert (list(PostTag.objects.values_list("id", "tag_id")), Tag.objects.count()) == (before, 1)


def test_tag_posts_are_those_under_it_newest_first_in_any_case():
    ana, ben = make_users("ana", "ben")
    first, second = make_post(ana, caption="#Sea"), make_post(ben, caption="by the #sea")
    make_post(ana, caption="#seaside")
    make_post(ana, caption="#sea", published=False)

    assert ids(queries.tag_posts(ana.id, "SEA")) == [second.id, first.id]


def test_tag_posts_meet_without_gap_or_repeat():
    ana = make_user()
    posts = [make_post(ana, caption="#sea") for _ in range(5)]

    one = queries.tag_posts(ana.id, "sea", limit=2)
    two = queries.tag_posts(ana.id, "sea", limit=2, after=one.next)
    three = queries.tag_posts(ana.id, "sea", limit=2, after=two.next)

    assert ids(one) + ids(two) + ids(three) == [post.id for post in reversed(posts)]
    assert three.next is None


def test_tag_posts_ask_the_policy():
    private, blocker, gone = make_user("a", is_private=True), make_user("b"), make_user("c", is_active=False)
    viewer, follower = make_users("viewer", "follower")
    make_block(blocker, viewer)
    make_follow(follower, private)
    hidden, silent = (make_post(author, caption="#sea") for author in (private, blocker))
    make_post(gone, caption="#sea")

    seen = [ids(queries.tag_posts(viewer_id, "sea")) for viewer_id in (viewer.id, follower.id, None)]

    assert seen == [[], [silent.id, hidden.id], [silent.id]]


@pytest.mark.parametrize("posts", [1, 3])
def test_tag_posts_cost_two_queries(posts, django_assert_num_queries):
    ana = make_user()
    for _ in range(posts):
        make_post(ana, caption="#sea")

    with django_assert_num_queries(2):
        assert len(queries.tag_posts(ana.id, "sea").items) == posts


MANY = """
INSERT INTO content_post (author_id, caption, published_at, like_count, comment_count, ver)
SELECT %s, '', now(), 0, 0, 0 FROM generate_series(1, 10000);
INSERT INTO content_tag (name) SELECT 'tag' || n FROM generate_series(0, 99) AS n;
INSERT INTO content_post_tag (post_id, tag_id)
SELECT post.id, tag.id FROM (SELECT id, 'tag' || row_number() OVER () %% 100 AS name FROM content_post) AS post
JOIN content_tag AS tag USING (name);
ANALYZE content_post, content_tag, content_post_tag;
SET LOCAL enable_sort = off;  -- so few rows sort as fast; what is asked is whether the index spares it
"""


@pytest.mark.django_db  # in a transaction: SET LOCAL is over with it
def test_tag_posts_are_read_in_the_order_of_their_index(explained):
    ana = make_user()
    with connection.cursor() as cursor:
        cursor.execute(MANY, [ana.id])

    posts, _ = explained(lambda: queries.tag_posts(ana.id, "tag1"))

    assert ("post_by_tag" in posts, "Sort" in posts) == (True, False)


@pytest.mark.parametrize("name", ["", "1", "a b", "a\0", "a" * 101, "\ud800"])
def test_tag_posts_of_what_is_no_hashtag_are_not_found(name):
    with pytest.raises(NotFound):
        queries.tag_posts(None, name)


def test_get_tag_posts():
    ana = make_user()
    post = make_post(ana, caption="#sea")

    body = Web(ana).get("/api/v1/tags/Sea/posts").json()

    assert ([item["id"] for item in body["items"]], body["next"]) == ([str(post.id)], None)


def test_get_tag_posts_of_a_hidden_post_is_like_that_of_none():
    make_post(make_user("ben", is_private=True), caption="#sea")
    web = Web(make_user())

    assert web.get("/api/v1/tags/sea/posts").json() == web.get("/api/v1/tags/none/posts").json()


def test_the_page_of_a_hashtag_shows_its_posts_to_anybody():
    post = make_post(make_user(), caption="#sea")

    answer = Web().get("/tags/sea/")

    assert answer.templates[0].name == "content/tag.html"
    assert [card.id for card in answer.context["posts"].items] == [post.id]


def test_the_page_of_a_hashtag_counts_the_posts_that_its_reader_may_see():
    ana, zoe = make_user("ana"), make_user("zoe", is_private=True)
    for author in (ana, ana, zoe):
        make_post(author, caption="#sea")

    assert [Web(user).get("/tags/Sea/").context["tag"].post_count for user in (None, ana, zoe)] == [2, 2, 3]


@pytest.mark.parametrize("posts", [1, 3])
def test_the_page_of_a_hashtag_costs_three_queries(posts, django_assert_num_queries):
    ana = make_user("ana")
    for _ in range(posts):
        make_post(ana, caption="#sea")

    with django_assert_num_queries(3):
        assert queries.tag_page(ana.id, "sea").tag.post_count == posts
