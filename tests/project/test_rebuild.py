"""Counters against their facts: real drift is found, mended under the drain's locks, and shown."""

import io
import json
import threading

import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

import content.counters
from accounts.models import User
from content import actions
from content.models import Post
from events import outbox, recount
from events.models import MAX_ATTEMPTS, OutboxRow
from events.recount import Drift
from events.types import PostLiked
from project import drain, rebuild, tasks
from realtime import topics
from tests.support.build import make_comment, make_follow, make_like, make_post, make_user, make_users
from tests.support.wait import until

pytestmark = pytest.mark.django_db


@pytest.fixture
def drifted():
    """Facts that nobody has counted, and a count without facts; with what a rebuild is to find."""
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    make_like(post, ben)
    make_comment(post, ben)
    make_comment(post, ana)
    make_follow(ben, ana)
    User.objects.filter(pk=ben.pk).update(post_count=4)
    return [
        Drift("likes", post.id, 0, 1),
        Drift("comments", post.id, 0, 2),
        Drift("posts", ana.id, 0, 1),
        Drift("posts", ben.id, 4, 0),
        Drift("followers", ana.id, 0, 1),
        Drift("following", ben.id, 0, 1),
    ]


def counts_of(post):
    return Post.objects.filter(pk=post.pk).values_list("like_count", "comment_count", "ver").get()


def test_rebuild_finds_and_mends_every_kind_of_drift(drifted):
    assert list(rebuild.rebuild()) == drifted
    assert list(rebuild.rebuild()) == []


def test_a_dry_run_mends_nothing(drifted):
    assert list(rebuild.rebuild(dry_run=True)) == drifted
    assert list(rebuild.rebuild(dry_run=True)) == drifted


def test_what_waits_in_the_outbox_is_no_drift():
    ana, ben, chloe = make_users("ana", "ben", "chloe")
    post = make_post(ana)
    User.objects.filter(pk=ana.pk).update(post_count=1)
    for fan in (ben, chloe):
        actions.like_post(post_id=post.id, actor_id=fan.id)
    actions.unlike_post(post_id=post.id, actor_id=chloe.id)
    actions.comment(post_id=post.id, actor_id=ben.id, text="Oh!")
    actions.delete_post(post_id=make_post(ana, published=False).id, actor_id=ana.id)

    assert list(rebuild.rebuild()) == []
    drain.drain_shard(outbox.shard_of(ana.id))
    assert list(rebuild.rebuild()) == []
    assert counts_of(post)[:2] == (1, 1)


def test_what_a_dead_letter_would_have_counted_is_drift():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    User.objects.filter(pk=ana.pk).update(post_count=1)
    actions.like_post(post_id=post.id, actor_id=ben.id)
    OutboxRow.objects.update(attempts=MAX_ATTEMPTS)

    assert list(rebuild.rebuild()) == [Drift("likes", post.id, 0, 1)]


def test_mended_counters_are_shown_with_a_new_version():
    post = make_post(make_user())
    make_like(post, make_user("ben"))
    client = redis.Redis.from_url(settings.REDIS_URL)
    listening = client.pubsub()
    listening.subscribe(topics.topic_channel(f"post:{post.id}"))
    assert listening.get_message(timeout=5)["type"] == "subscribe"

    list(rebuild.rebuild())

    assert listening.get_message(timeout=5)["data"] == b"c 1,1,0"
    assert counts_of(post) == (1, 0, 1)
    listening.close()
    client.close()


@pytest.mark.django_db(transaction=True)
def test_mending_waits_for_a_drain_that_is_counting():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    actions.like_post(post_id=post.id, actor_id=ben.id)
    Post.objects.filter(pk=post.pk).update(like_count=7)
    found = []

    def mend():
        found.extend(recount.mend(content.counters.POSTS, [post.id]))
        connection.close()

    thread = threading.Thread(target=mend)
    with transaction.atomic():
        content.counters.apply([PostLiked(post_id=post.id, author_id=ana.id, actor_id=ben.id)])
        OutboxRow.objects.all().delete()
        thread.start()
        until(someone_waits)
    thread.join()

    assert found == [Drift("likes", post.id, 8, 1)]
    assert counts_of(post)[0] == 1


def someone_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def test_the_command_reports_in_words_and_in_json(drifted):
    words, rows, again = io.StringIO(), io.StringIO(), io.StringIO()

    call_command("rebuild_counters", dry_run=True, stdout=words)
    call_command("rebuild_counters", json=True, stdout=rows)
    call_command("rebuild_counters", stdout=again)

    assert words.getvalue().splitlines() == [*map(str, drifted), "6 counts are wrong."]
    assert json.loads(rows.getvalue())[0] == {"counter": "likes", "id": str(drifted[0].object_id), "was": 0, "is": 1}
    assert again.getvalue() == "0 counts were wrong.\n"


def test_the_nightly_task_goes_on_until_all_is_counted(drifted, monkeypatch, caplog):
    monkeypatch.setattr(rebuild, "TURN_SECONDS", -1)
    sent = []
    monkeypatch.setattr(tasks.wake, "sender", lambda: Sender(sent))

    tasks.rebuild_counters()
    while sent:
        tasks.rebuild_counters(**sent.pop())

    assert [record.args[0] for record in caplog.records if "drift" in record.msg] == drifted


class Sender:
    """Keeps what would go to the task queue."""

    def __init__(self, sent):
        self._sent = sent

    def send(self, task, kwargs, queue):
        self._sent.append(kwargs)
