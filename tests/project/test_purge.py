"""Accounts whose grace is over: all of it goes for good, and what others see stays right."""

import json
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import call_command

from accounts import actions as people
from accounts.models import FormerUsername, Mute, User
from content import actions
from content.actions import leaving
from content.models import Comment, CommentLike, Media, Mention, Post, Save
from core import clock
from events.types import CommentUnliked, PostPurged, ReplyDeleted, UserUnmentioned
from notifications import queries
from notifications.models import Entry, Group
from project import purge, rebuild, tasks
from tests.support.build import (
    make_block,
    make_comment,
    make_former_username,
    make_media,
    make_mute,
    make_post,
    make_request,
    make_user,
)
from tests.support.draining import drain_all
from tests.support.outbox import forget, recorded

pytestmark = pytest.mark.django_db

OVERDUE = timedelta(days=30, seconds=1)


@pytest.fixture
def ana():
    return make_user("ana")


@pytest.fixture
def ben():
    return make_user("ben")


@pytest.fixture
def media_root(settings, tmp_path):
    """A folder for the photos of this test alone."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def leave(user, *, ago=OVERDUE):
    """Delete an account as its person does, so long ago."""
    user.set_password("correct horse")
    user.save()
    people.delete_account(user_id=user.id, password="correct horse")
    User.objects.filter(id=user.id).update(deleted_at=clock.now() - ago)
    drain_all()


def purge_all():
    """Two nights, with the drains between them; what each has said of whom."""
    nights = []
    for _ in range(2):
        nights.append([(one.username, one.gone) for one in purge.purge()])
        drain_all()
    return nights


def entangle(ana, ben):
    """What two people do to each other, and a third beside them, all of it drained."""
    eve = make_user("eve")
    for one, other in ((ana, ben), (ben, ana), (eve, ana), (ana, eve)):
        post = make_post(other)
        actions.like_post(post_id=post.id, actor_id=one.id)
        actions.comment(post_id=post.id, actor_id=one.id, text="Lovely.")
        actions.comment(post_id=post.id, actor_id=other.id, text="Thanks.")
        people.follow_user(username=other.username, actor_id=one.id)
    shared = make_post(eve)
    for fan in (ana, ben):
        actions.like_post(post_id=shared.id, actor_id=fan.id)
        actions.comment(post_id=shared.id, actor_id=fan.id, text="Oh!")
    drain_all()
    list(rebuild.rebuild())  # the posts were built, so nobody has counted them
    return eve


def test_after_the_grace_a_person_and_all_they_made_are_gone(ana, ben):
    eve = entangle(ana, ben)
    make_block(ana, eve)
    make_mute(ben, ana)
    make_former_username(ana, "annie")
    EmailAddress.objects.create(user=ana, email="ana@example.org")
    leave(ana)

    nights = purge_all()

    assert nights == [[("ana", False)], [("ana", True)]]
    assert rows_of(ana) == {}
    assert (Mute.objects.count(), FormerUsername.objects.count()) == (0, 0)


def test_what_others_count_equals_a_recount(ana, ben):
    eve = entangle(ana, ben)
    leave(ana)

    purge_all()

    assert list(rebuild.rebuild(dry_run=True)) == []
    counts = {user.username: (user.follower_count, user.following_count) for user in User.objects.all()}
    assert counts == {"ben": (0, 0), "eve": (0, 0)}
    assert [post.like_count for post in Post.objects.filter(author=eve).order_by("id")] == [0, 1]


def test_notifications_of_others_lose_what_the_person_did(ana, ben):
    eve = entangle(ana, ben)
    leave(ana)

    purge_all()

    groups = [(group.kind, [actor.username for actor in group.actors]) for group in listed(eve)]
    assert (sorted(groups), listed(ben)) == ([("comment", ["ben"]), ("like", ["ben"])], [])
    assert (Entry.objects.count(), Group.objects.filter(actor_count=0).count()) == (2, 0)


def test_files_go_with_their_rows(ana, ben, media_root):
    media = make_media(ana, post=make_post(ana, photos=0), files=True)
    kept = make_media(ben, post=make_post(ben, photos=0), files=True)
    leave(ana)

    purge_all()

    folders = [(media_root / one.folder).exists() for one in (media, kept)]
    assert (folders, list(Media.objects.all())) == ([False, True], [kept])


def test_within_the_grace_nothing_goes(ana):
    make_post(ana)
    leave(ana, ago=timedelta(days=29, hours=23))

    assert (purge_all(), Post.objects.count(), User.objects.count()) == ([[], []], 1, 1)


def test_whoever_is_only_suspended_stays(ana):
    people.suspend_user(username="ana")

    assert (purge_all(), User.objects.count()) == ([[], []], 1)


def test_the_row_waits_for_what_names_it(ana, ben):
    """Handlers look people up: they must find them."""
    make_request(ana, ben)
    leave(ana)

    first = [one.gone for one in purge.purge()]
    still = [one.gone for one in purge.purge()]
    drain_all()

    assert (first, still, [one.gone for one in purge.purge()]) == ([False], [False], [True])


def test_a_run_that_was_killed_is_finished_by_the_next(ana, ben, monkeypatch):
    monkeypatch.setattr(leaving, "BATCH", 1)
    entangle(ana, ben)
    leave(ana)
    batches = purge._batches(ana.id)
    for _ in range(3):
        next(batches)
    batches.close()
    drain_all()

    purge_all()

    assert (rows_of(ana), list(rebuild.rebuild(dry_run=True))) == ({}, [])


def test_a_photo_whose_files_the_disk_keeps_is_tried_again(ana, media_root):
    make_post(ana)
    folder = media_root / Media.objects.get().folder
    folder.write_bytes(b"no folder")
    leave(ana)

    with pytest.raises(NotADirectoryError):
        list(purge.purge())
    before = Media.objects.count()
    folder.unlink()
    purge_all()

    assert (before, rows_of(ana)) == (1, {})


def test_one_whom_the_disk_keeps_holds_up_nobody(ana, ben, media_root):
    make_post(ana)
    folder = media_root / Media.objects.get().folder
    folder.write_bytes(b"no folder")
    leave(ana)
    leave(ben)

    tasks.purge_accounts()
    folder.unlink()

    assert list(User.objects.all()) == [ana]


def test_somebody_who_came_back_in_the_middle_keeps_the_rest(ana, ben):
    entangle(ana, ben)
    leave(ana)
    batches = purge._batches(ana.id)
    next(batches)
    User.objects.filter(id=ana.id).update(deleted_at=clock.now())

    assert (list(batches), Post.objects.filter(author=ana).count()) == ([], 2)


def test_answers_likes_of_comments_and_mentions_are_undone_for_whom_they_concern(ana, ben):
    eve = make_user("eve")
    theirs = make_comment(make_post(ben), ben)
    answer = Comment.objects.create(post=theirs.post, parent=theirs, author=ana, text="@eve")
    Mention.objects.create(post=theirs.post, comment=answer, user=eve)
    CommentLike.objects.create(comment=theirs, user=ana)
    post = make_post(ana, caption="@eve")
    Mention.objects.create(post=post, user=eve)
    Save.objects.create(post=post, user=eve)
    under = make_comment(post, ben)
    back = Comment.objects.create(post=post, parent=under, author=eve, text="Yes.")
    leave(ana)
    forget()

    list(purge.purge())

    kinds = (CommentUnliked, ReplyDeleted, UserUnmentioned, PostPurged)
    assert [event for event in recorded() if isinstance(event, kinds)] == [
        CommentUnliked(comment_id=theirs.id, post_id=theirs.post_id, recipient_id=ben.id, actor_id=ana.id),
        UserUnmentioned(user_id=eve.id, post_id=theirs.post_id, actor_id=ana.id, comment_id=answer.id),
        ReplyDeleted(
            comment_id=answer.id,
            post_id=theirs.post_id,
            parent_id=theirs.id,
            recipient_id=ben.id,
            actor_id=ana.id,
        ),
        ReplyDeleted(comment_id=back.id, post_id=post.id, parent_id=under.id, recipient_id=ben.id, actor_id=eve.id),
        UserUnmentioned(user_id=eve.id, post_id=post.id, actor_id=ana.id),
        PostPurged(post_id=post.id, author_id=ana.id),
    ]


def test_a_liked_comment_under_a_purged_post_leaves_no_notification(ana, ben):
    comment = make_comment(make_post(ana), ben)
    actions.like_comment(comment_id=comment.id, actor_id=make_user("eve").id)
    drain_all()
    assert Group.objects.filter(recipient=ben).count() == 1
    leave(ana)

    purge_all()

    assert Group.objects.filter(recipient=ben).count() == 0


def test_a_turn_ends_when_its_time_is_over_and_another_goes_on(ana, ben, monkeypatch):
    entangle(ana, ben)
    leave(ana)
    monkeypatch.setattr(purge, "TURN_SECONDS", -1)

    assert purge.purge_a_turn() is True

    monkeypatch.setattr(purge, "TURN_SECONDS", 60)
    tasks.purge_accounts()
    drain_all()
    assert (purge.purge_a_turn(), rows_of(ana)) == (False, {})


def test_the_command_says_who_is_due_and_removes_nobody(ana, capsys):
    leave(ana)

    call_command("purge_accounts", "--dry-run", "--json")
    call_command("purge_accounts", "--dry-run")

    row = {"id": str(ana.id), "username": "ana", "gone": False}
    assert capsys.readouterr().out == f"{json.dumps([row])}\nana is due.\n"
    assert User.objects.count() == 1


def test_the_command_says_who_is_gone_and_who_goes_next(ana, ben, capsys):
    make_post(ana)
    leave(ana)
    leave(ben)

    call_command("purge_accounts")

    assert capsys.readouterr().out.splitlines() == [
        "ana goes with a later run: something still waits that names them, or a backup runs.",
        "ben is gone.",
    ]


def listed(user):
    return queries.notification_page(user.id).items


def rows_of(user):
    """How many rows of each table still point to a person."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is User:
                number = model._base_manager.filter(**{field.name: user.id}).count()
                if number:
                    found[model._meta.label] = number
    return found | ({"User": 1} if User.objects.filter(id=user.id).exists() else {})
