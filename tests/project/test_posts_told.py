"""What drains tell and show of posts that are saved, edited, published, and that went and came back."""

import json

import pytest

from content import actions
from content.models import MediaState, Post
from core import clock
from events import outbox
from project import handlers
from realtime.log import Told
from tests.support.build import make_comment, make_media, make_post, make_reply, make_users

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_users("ana", "ben")


def effects():
    """What the events in the outbox come to, in order; they stay there."""
    waiting = [item for shard in outbox.waiting_shards() for item in outbox.claim(shard, 100)]
    return handlers.derive(waiting)


def shown(topic):
    """The states that go out on a topic: version and data."""
    frames = [json.loads(one.payload.split(" ", 2)[2]) for one in effects().shown if one.payload.startswith("s ")]
    return [(frame["ver"], frame["d"]) for frame in frames if frame["topic"] == topic]


def test_a_save_and_its_undo_are_told_to_their_keeper_alone(people):
    ana, ben = people
    post = make_post(ana)
    actions.save_post(post_id=post.id, actor_id=ben.id, mut="m1")
    actions.unsave_post(post_id=post.id, actor_id=ben.id, mut="m2")

    found = effects()

    told = [
        Told(ben.id, "post.saved", {"post": str(post.id), "saved": saved}, mut)
        for saved, mut in ((True, "m1"), (False, "m2"))
    ]
    assert (found.told, found.messages()) == (told, [])


def test_a_published_post_is_told_to_its_author(people):
    ana, _ = people
    post = actions.create_post(author_id=ana.id, caption="", media_ids=[make_media(ana).id])

    assert effects().told == [Told(ana.id, "post.published", {"post": str(post.id), "url": f"/p/{post.id}/"})]


def test_a_post_that_waits_is_not_told(people):
    ana, _ = people
    actions.create_post(author_id=ana.id, caption="", media_ids=[make_media(ana, state=MediaState.PROCESSING).id])

    assert effects().told == []


def test_a_post_that_comes_back_is_no_news(people):
    ana, _ = people
    post = make_post(ana, archived_at=clock.now())
    actions.unarchive_post(post_id=post.id, actor_id=ana.id)

    found = effects()

    assert (found.told, found.later) == ([], [])


def test_a_post_that_is_archived_leaves_the_feeds(people):
    ana, _ = people
    post = make_post(ana)
    actions.archive_post(post_id=post.id, actor_id=ana.id)

    assert [(name, kwargs["gone"]) for name, kwargs, _ in effects().later] == [("feeds.announce", True)]


def test_a_new_caption_is_shown_to_those_who_read_the_post(people):
    ana, _ = people
    post = make_post(ana, caption="Dawn")
    card = actions.edit_post(post_id=post.id, actor_id=ana.id, caption="Dusk", comments_off=True)

    data = {"caption": "Dusk", "caption_html": "Dusk", "comments_off": True}
    assert shown(f"post:{post.id}") == [(1, data | {"edited_at": card.as_dict()["edited_at"]})]


def test_a_new_caption_and_comments_have_versions_of_their_own(people):
    ana, ben = people
    post = make_post(ana)
    actions.comment(post_id=post.id, actor_id=ben.id, text="Lovely.")
    actions.edit_post(post_id=post.id, actor_id=ana.id, caption="Dusk")

    versions = {ver: "caption" in data for ver, data in shown(f"post:{post.id}")}

    assert (versions, Post.objects.get().ver) == ({1: True, 2: False}, 2)


def test_an_answer_that_went_with_its_comment_is_about_both_who_wrote_them(people):
    ana, ben = people
    comment = make_comment(make_post(ana), ana)
    reply = make_reply(comment, ben)
    actions.delete_comment(comment_id=comment.id, actor_id=ana.id)

    about = [one.payload.split(" ")[1] for one in effects().shown if str(reply.id) in one.payload]

    assert about == [f"{ben.id},{ana.id}"]


def test_an_edit_that_narrows_the_audience_shows_nothing(people):
    ana, _ = people
    post = make_post(ana)
    actions.edit_post(post_id=post.id, actor_id=ana.id, caption="For friends", visibility="followers")

    assert shown(f"post:{post.id}") == []


def test_an_edit_of_a_post_that_went_out_of_sight_shows_nothing(people):
    ana, _ = people
    post = make_post(ana)
    actions.edit_post(post_id=post.id, actor_id=ana.id, caption="Dusk")
    actions.delete_post(post_id=post.id, actor_id=ana.id)

    assert shown(f"post:{post.id}") == []


@pytest.mark.parametrize(("visibility", "seen"), [("public", True), ("followers", False)])
def test_a_profile_that_is_open_hears_of_posts_for_all_alone(people, visibility, seen):
    ana, _ = people
    post = make_post(ana, archived_at=clock.now(), visibility=visibility)
    actions.unarchive_post(post_id=post.id, actor_id=ana.id)

    ((_, data),) = shown("profile:ana")

    assert (data["posts"], data["added"]) == (1, [str(post.id)] if seen else [])
