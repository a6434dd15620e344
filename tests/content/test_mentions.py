"""Facts about mentions: whom a text names, and who hears of it."""

import pytest

from content import actions, queries
from content.models import MAX_MENTIONS, Mention, Post
from content.text import names_in
from events import types
from tests.support.build import make_block, make_comment, make_follow, make_media, make_post, make_users

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_users("ana", "ben", "chloe")


def mentioned(kind, post, user, actor, comment_id=None):
    return kind(user_id=user.id, post_id=post.id, actor_id=actor.id, comment_id=comment_id)


def of_mentions(events):
    return [event for event in events if isinstance(event, types.UserMentioned | types.UserUnmentioned)]


def test_names_are_in_order_and_each_once():
    assert names_in("@Chloe and @ben, not a@ana.org, @chloe again; @dan.", 2) == ["chloe", "ben"]


def test_a_comment_mentions_whom_it_names(people, recorded):
    ana, ben, chloe = people
    post = make_post(ana)

    view = actions.comment(post_id=post.id, actor_id=ben.id, text="@chloe @Chloe @nobody @ben look")

    assert list(Mention.objects.values_list("post_id", "comment_id", "user_id")) == [(post.id, view.id, chloe.id)]
    assert recorded()[1:] == [mentioned(types.UserMentioned, post, chloe, ben, view.id)]
    assert view.text_html.startswith('<a href="/@chloe/">@chloe</a>')


def test_a_comment_mentions_so_many_at_most(people):
    fans = make_users(*(f"fan{number}" for number in range(MAX_MENTIONS + 1)))

    actions.comment(
        post_id=make_post(people[0]).id, actor_id=people[1].id, text=" ".join(f"@{fan.username}" for fan in fans)
    )

    assert set(Mention.objects.values_list("user_id", flat=True)) == {fan.id for fan in fans[:MAX_MENTIONS]}


@pytest.mark.parametrize("case", ["private", "blocks the post's author", "blocked by the writer", "not active"])
def test_who_may_not_see_it_is_not_mentioned(case, people, recorded):
    ana, ben, chloe = people
    make_follow(ben, ana)
    match case:
        case "private":
            ana.is_private = True
            ana.save()
        case "blocks the post's author":
            make_block(chloe, ana)
        case "blocked by the writer":
            make_block(ben, chloe)
        case "not active":
            chloe.is_active = False
            chloe.save()

    actions.comment(post_id=make_post(ana).id, actor_id=ben.id, text="@chloe")

    assert (Mention.objects.count(), of_mentions(recorded())) == (0, [])


def test_deleting_a_comment_takes_its_mentions_back(people, recorded):
    ana, ben, chloe = people
    post = make_post(ana)
    view = actions.comment(post_id=post.id, actor_id=ben.id, text="@chloe")

    actions.delete_comment(comment_id=view.id, actor_id=ana.id)

    assert Mention.objects.count() == 0
    assert of_mentions(recorded())[1:] == [mentioned(types.UserUnmentioned, post, chloe, ben, view.id)]


def test_a_caption_mentions_once_its_post_is_published(people, recorded):
    ana, ben, _ = people
    photo = make_media(ana)

    card = actions.create_post(author_id=ana.id, caption="With @ben and @ana.", media_ids=[photo.id])

    post = Post.objects.get(pk=card.id)
    assert list(Mention.objects.values_list("comment_id", "user_id")) == [(None, ben.id)]
    assert of_mentions(recorded()) == [mentioned(types.UserMentioned, post, ben, ana)]


def test_a_caption_that_waits_for_its_photos_mentions_nobody_yet(people, recorded):
    ana, _, _ = people
    photo = make_media(ana, state="uploaded")

    actions.create_post(author_id=ana.id, caption="With @ben.", media_ids=[photo.id])

    assert (Mention.objects.count(), recorded()) == (0, [])


def test_an_edited_caption_mentions_whom_it_names_now_and_nobody_twice(people, recorded):
    ana, ben, chloe = people
    post = make_post(ana)
    make_comment(post, ben)

    for text in ("@ben", "@ben @chloe", "@chloe", "@chloe", ""):
        actions.mention(post_id=post.id, actor_id=ana.id, text=text)

    assert recorded() == [
        mentioned(types.UserMentioned, post, ben, ana),
        mentioned(types.UserMentioned, post, chloe, ana),
        mentioned(types.UserUnmentioned, post, ben, ana),
        mentioned(types.UserUnmentioned, post, chloe, ana),
    ]


@pytest.mark.parametrize("names", ["", "@ben", "@ben @chloe @dan"])
def test_comments_cost_the_same_however_many_they_name(names, people, django_assert_num_queries):
    post = make_post(people[0])
    make_comment(post, people[1], f"Look {names}")

    with django_assert_num_queries(2):
        queries.comments_page(people[0].id, post.id)
