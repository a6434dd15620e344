"""Answers, mentions and likes of comments as notifications: each told once, to those who may see it, and taken back."""

import pytest

from accounts import actions as people
from accounts.models import User
from content import actions
from content.models import Comment
from core import clock
from events import outbox
from notifications import hiding, purged, queries
from notifications.models import Entry, Group
from tests.support.build import make_comment, make_follow, make_post, make_users
from tests.support.draining import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd():
    return make_users("ana", "ben", "chloe", "dan")


@pytest.fixture
def post(crowd):
    return make_post(crowd[0])


@pytest.fixture
def comment(crowd, post):
    """Ben's, under ana's post."""
    return make_comment(post, crowd[1], "Lovely.")


def write(post, actor, text, parent=None):
    made = actions.comment(post_id=post.id, actor_id=actor.id, text=text, parent_id=parent.id if parent else None)
    drain_all()
    return Comment.objects.get(pk=made.id)


def delete(comment):
    actions.delete_comment(comment_id=comment.id, actor_id=comment.author_id)
    drain_all()


def like(comment, *fans):
    for fan in fans:
        actions.like_comment(comment_id=comment.id, actor_id=fan.id)
    drain_all()


def shown(user):
    page = queries.notification_page(user.id)
    return [(group.kind, [actor.username for actor in group.actors], group.text_excerpt) for group in page.items]


def test_an_answer_is_told_to_who_wrote_the_comment_and_retracted_with_it(crowd, post, comment):
    ana, ben, chloe, _ = crowd

    reply = write(post, chloe, "Indeed.", comment)

    assert shown(ben) == [("reply", ["chloe"], "Indeed.")]
    assert shown(ana) == [("comment", ["chloe"], "Indeed.")]

    delete(reply)

    assert (shown(ben), shown(ana), Group.objects.count()) == ([], [], 0)


def test_an_answer_to_the_posts_author_is_told_once(crowd, post):
    ana, _, chloe, _ = crowd
    own = make_comment(post, ana)

    write(post, chloe, "Indeed.", own)

    assert shown(ana) == [("reply", ["chloe"], "Indeed.")]


def test_answers_are_grouped_by_the_comment_and_someone_who_answers_twice_is_one(crowd, post, comment):
    _, ben, chloe, dan = crowd
    other = make_comment(post, ben)

    for actor, parent in ((chloe, comment), (dan, comment), (dan, comment), (dan, other)):
        write(post, actor, "Indeed.", parent)

    assert [names for _, names, _ in shown(ben)] == [["dan"], ["dan", "chloe"]]
    assert list(Group.objects.filter(recipient=ben).order_by("id").values_list("actor_count", flat=True)) == [2, 1]


def test_likes_of_a_comment_are_one_group_and_taken_back(crowd, comment):
    _, ben, chloe, dan = crowd

    like(comment, chloe, dan)

    assert shown(ben) == [("comment_like", ["dan", "chloe"], "Lovely.")]

    actions.unlike_comment(comment_id=comment.id, actor_id=dan.id)
    drain_all()

    assert shown(ben) == [("comment_like", ["chloe"], "Lovely.")]


def test_likes_of_a_comment_go_with_it(crowd, comment):
    like(comment, crowd[2])

    delete(comment)

    assert (shown(crowd[1]), Entry.objects.count()) == ([], 0)


def test_a_mention_is_told_and_retracted_with_its_comment(crowd, post):
    _, ben, chloe, _ = crowd

    made = write(post, ben, "@chloe look")

    assert shown(chloe) == [("mention", ["ben"], "@chloe look")]

    delete(made)

    assert shown(chloe) == []


def test_a_mention_in_a_caption_is_retracted_when_it_is_edited_out(crowd, post):
    ana, ben, _, _ = crowd
    actions.mention(post_id=post.id, actor_id=ana.id, text="@ben")
    drain_all()

    assert shown(ben) == [("mention", ["ana"], "")]

    actions.mention(post_id=post.id, actor_id=ana.id, text="")
    drain_all()

    assert shown(ben) == []


def test_mentions_of_one_post_are_one_group(crowd, post):
    _, ben, chloe, dan = crowd

    for actor in (ben, dan, dan):
        write(post, actor, "@chloe")

    assert [names for _, names, _ in shown(chloe)] == [["dan", "ben"]]
    assert Group.objects.get(recipient=chloe).actor_count == 2


def test_who_is_told_anyway_is_not_told_of_the_mention(crowd, post, comment):
    ana, ben, chloe, _ = crowd

    write(post, chloe, "@ana @ben", comment)

    assert ([kind for kind, *_ in shown(ana)], [kind for kind, *_ in shown(ben)]) == (["comment"], ["reply"])


def everything(crowd, post, comment):
    """Ben has an answer, a like of his comment and a mention under ana's post, all from others than ana."""
    _, _, chloe, dan = crowd
    write(post, chloe, "Indeed.", comment)
    write(post, chloe, "@ben")
    like(comment, dan)
    return ["comment_like", "mention", "reply"]


@pytest.mark.parametrize("case", ["deleted", "blocked", "private", "unfollowed", "suspended"])
def test_what_goes_out_of_sight_is_retracted(case, crowd, post, comment):
    ana, ben, *_ = crowd
    if case == "unfollowed":
        User.objects.filter(pk=ana.pk).update(is_private=True)
        for person in crowd[1:]:
            make_follow(person, ana)
    before = everything(crowd, post, comment)
    assert ([kind for kind, *_ in shown(ben)], queries.unread_count(ben.id)) == (before, 3)

    match case:
        case "deleted":
            actions.delete_post(post_id=post.id, actor_id=ana.id)
        case "blocked":
            people.block_user(username="ben", actor_id=ana.id)
        case "private":
            people.update_profile(user_id=ana.id, private=True)
        case "unfollowed":
            people.unfollow_user(username="ana", actor_id=ben.id)
        case "suspended":
            people.suspend_user(username="ana")
    drain_all()

    assert (shown(ben), queries.unread_count(ben.id)) == ([], 0)


@pytest.mark.parametrize("case", ["unblocked", "public", "for all"])
def test_what_comes_into_sight_again_is_there_again(case, crowd, post, comment):
    ana, ben, *_ = crowd
    before = everything(crowd, post, comment)
    hide, show = {
        "unblocked": (
            lambda: people.block_user(username="ben", actor_id=ana.id),
            lambda: people.unblock_user(username="ben", actor_id=ana.id),
        ),
        "public": (
            lambda: people.update_profile(user_id=ana.id, private=True),
            lambda: people.update_profile(user_id=ana.id, private=False),
        ),
        "for all": (
            lambda: actions.edit_post(post_id=post.id, actor_id=ana.id, visibility="followers"),
            lambda: actions.edit_post(post_id=post.id, actor_id=ana.id, visibility="public"),
        ),
    }[case]
    hide()
    drain_all()
    during = shown(ben)

    show()
    drain_all()

    assert (during, [kind for kind, *_ in shown(ben)], queries.unread_count(ben.id)) == ([], before, 3)


def test_what_is_out_of_sight_when_it_is_drained_is_not_told(crowd, post, comment):
    ana, ben, chloe, _ = crowd
    actions.like_comment(comment_id=comment.id, actor_id=chloe.id)
    User.objects.filter(pk=ana.pk).update(is_private=True)

    drain_all()

    assert (shown(ben), queries.unread_count(ben.id)) == ([], 0)


def test_a_thumb_is_shown_while_the_policy_lets_the_post_be_seen(crowd, post, comment):
    _, ben, chloe, _ = crowd
    like(comment, chloe)

    def seen():
        return [group.post and group.post.id for group in queries.notification_page(ben.id).items]

    before = seen()
    post.deleted_at = clock.now()
    post.save()

    assert (before, seen()) == ([post.id], [None])


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_all_kinds_costs_two_queries(number, crowd, post, django_assert_num_queries):
    actions.like_post(post_id=make_post(crowd[1]).id, actor_id=crowd[0].id)
    for _ in range(number):
        comment = make_comment(post, crowd[1])
        everything(crowd, post, comment)

    with django_assert_num_queries(2):
        assert len(queries.notification_page(crowd[1].id).items) == 3 + number  # the likes are one row


def purge(post, *, in_time):
    """Remove a post for good, long after it was hidden, or in the same drain."""
    actions.delete_post(post_id=post.id, actor_id=post.author_id)
    if in_time:
        drain_all()
    actions.purge_post(post_id=post.id, actor_id=post.author_id)
    drain_all()


@pytest.mark.parametrize("in_time", [True, False])
def test_what_others_were_told_of_a_post_goes_with_its_rows(in_time, crowd, post, comment):
    ben = crowd[1]
    everything(crowd, post, comment)

    purge(post, in_time=in_time)

    assert (Group.objects.count(), Entry.objects.count(), queries.unread_count(ben.id)) == (0, 0, 0)


def test_what_is_told_of_other_posts_stays(crowd, post, comment):
    everything(crowd, post, comment)
    like(make_comment(make_post(crowd[0]), crowd[1]), crowd[3])

    purge(post, in_time=True)

    assert [kind for kind, *_ in shown(crowd[1])] == ["comment_like"]


@pytest.mark.parametrize("in_time", [True, False])
def test_much_that_was_told_of_a_post_goes_bit_by_bit(in_time, crowd, post, comment, monkeypatch):
    monkeypatch.setattr(purged, "MAX_REMOVED", 1)
    monkeypatch.setattr(hiding, "MAX_TURNED", 1)
    everything(crowd, post, comment)
    like(comment, crowd[0])

    purge(post, in_time=in_time)

    assert (Group.objects.count(), Entry.objects.count(), outbox.depth().waiting) == (0, 0, 0)
