"""Facts about editing posts: what changes, what is kept of it, who hears of it."""

import pytest

from content import actions, queries
from content.actions.editing import MAX_EDITS
from content.models import Post, PostEdit
from core.problems import Conflict, Forbidden, Invalid, NotFound
from events import types
from tests.support.build import make_post, make_users

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_users("ana", "ben")


def test_edit_post_keeps_what_the_caption_was(people, recorded):
    ana, ben = people
    post = make_post(ana, caption="Dawn")

    card = actions.edit_post(post_id=post.id, actor_id=ana.id, caption=" Dusk ")

    assert (card.caption, card.edited_at is not None) == ("Dusk", True)
    assert [edit.caption for edit in queries.post_edits(ben.id, post.id)] == ["Dawn"]
    assert recorded() == [types.PostEdited(post_id=post.id, author_id=ana.id)]


def test_edit_post_to_what_it_is_announces_nothing(people, recorded):
    ana, _ = people
    post = make_post(ana, caption="Dawn")

    actions.edit_post(post_id=post.id, actor_id=ana.id, caption="Dawn", visibility="public", comments_off=False)

    assert (recorded(), PostEdit.objects.count(), Post.objects.get().edited_at) == ([], 0, None)


@pytest.mark.parametrize(
    ("before", "after", "narrowed"), [("public", "followers", True), ("followers", "public", False)]
)
def test_edit_post_says_whether_it_narrows_the_audience(people, recorded, before, after, narrowed):
    ana, _ = people
    post = make_post(ana, visibility=before)

    card = actions.edit_post(post_id=post.id, actor_id=ana.id, visibility=after)

    assert (card.visibility, card.edited_at) == (after, None)
    assert recorded() == [types.PostEdited(post_id=post.id, author_id=ana.id, narrowed=narrowed)]


def test_a_caption_edited_too_often_is_a_conflict(people, recorded):
    ana, _ = people
    post = make_post(ana, caption="Dawn")
    PostEdit.objects.bulk_create(PostEdit(post=post) for _ in range(MAX_EDITS))

    with pytest.raises(Conflict):
        actions.edit_post(post_id=post.id, actor_id=ana.id, caption="Dusk")

    assert (Post.objects.get().caption, recorded()) == ("Dawn", [])


@pytest.mark.parametrize(("visibility", "refusal"), [("public", Forbidden), ("followers", NotFound)])
def test_a_stranger_may_not_edit_a_post(people, visibility, refusal):
    ana, ben = people
    post = make_post(ana, caption="Dawn", visibility=visibility)

    with pytest.raises(refusal):
        actions.edit_post(post_id=post.id, actor_id=ben.id, caption="Mine")

    assert Post.objects.get().caption == "Dawn"


def test_the_history_of_a_post_that_one_does_not_see_is_not_found(people):
    ana, ben = people
    post = make_post(ana, visibility="followers")
    PostEdit.objects.create(post=post, caption="Secret")

    with pytest.raises(NotFound):
        queries.post_edits(ben.id, post.id)


def test_nobody_comments_where_comments_are_off(people, recorded):
    ana, ben = people
    post = make_post(ana, comments_off=True)

    with pytest.raises(Forbidden):
        actions.comment(post_id=post.id, actor_id=ben.id, text="Lovely.")

    assert recorded() == []


def test_rewrite_post_is_all_or_nothing(people):
    ana, _ = people
    post = make_post(ana, caption="Dawn")
    photo = post.media.get()

    with pytest.raises(Invalid):
        actions.rewrite_post(
            post_id=post.id,
            actor_id=ana.id,
            caption="x" * 2_201,
            visibility="public",
            comments_off=False,
            alts={photo.id: "A lantern"},
        )

    assert (Post.objects.get().caption, post.media.get().alt) == ("Dawn", "")
