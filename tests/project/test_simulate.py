"""`manage.py simulate`: real deeds at a rate, that ends when it is told to and outlives an outage."""

import io
import json
import os
import signal
import threading
from collections import Counter

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Follow, User
from content.models import Comment, Like, Post
from project.demo.simulation import Simulation, crowd
from project.management.commands.simulate import until_interrupted
from tests.support.build import make_post, make_user
from tests.support.draining import drain_all
from tests.support.wait import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _development(settings, tmp_path):
    settings.DEBUG = True
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def posts():
    """Two posts of ana's."""
    ana = make_user("ana", email="ana@demo.invalid")
    return [make_post(ana), make_post(ana)]


@pytest.fixture
def actors():
    return [make_user(name, email=f"{name}@demo.invalid").id for name in ("ben", "chloe", "dan")]


def run(*arguments):
    out = io.StringIO()
    call_command("simulate", *arguments, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()] if "--json" in arguments else out.getvalue()


def test_simulate_changes_facts_and_their_counts_follow(posts):
    [report] = run("--users", "4", "--rate", "60", "--seconds", "2", "--seed", "7", "--json")
    drain_all()

    assert report["deeds"] > 20
    likes, comments = (Counter(model.objects.values_list("post", flat=True)) for model in (Like, Comment))
    assert {(post.id, post.like_count, post.comment_count) for post in Post.objects.all()} == {
        (post, likes[post], comments[post]) for post in Post.objects.values_list("id", flat=True)
    }
    followers, following = (Counter(Follow.objects.values_list(end, flat=True)) for end in ("followee", "follower"))
    assert {(user.id, user.follower_count, user.following_count) for user in User.objects.all()} == {
        (user, followers[user], following[user]) for user in User.objects.values_list("id", flat=True)
    }
    assert sum(likes.values()) + sum(comments.values()) + sum(followers.values()) > 0


def test_crowd_makes_only_those_who_are_missing(posts, actors):
    ids = crowd(5, seed=1)

    made = User.objects.filter(id__in=ids).exclude(id__in=actors)
    assert (ids[:3], made.count(), made.filter(email__endswith="@demo.invalid").count()) == (actors, 2, 2)
    assert crowd(5, seed=2) == ids


def test_crowd_leaves_ana_the_operator_and_real_people_alone(posts, actors):
    make_user("operator", email="operator@demo.invalid")
    make_user("zoe")

    assert crowd(3, seed=1) == actors


def test_simulation_keeps_to_the_rate(posts, actors):
    status = Simulation(actors, rate=10, seed=1).run(threading.Event(), seconds=1.0)

    assert 5 <= sum(status.done.values()) <= 11  # fewer only on a machine that is busy with other things


def test_simulation_outlives_the_loss_of_its_connections(own_connections, posts, actors):
    stop = threading.Event()
    outage = threading.Thread(target=end_connections, args=(backend(), stop))
    outage.start()

    status = Simulation(actors, rate=40, seed=1).run(stop, seconds=30)
    outage.join()

    assert status.done["failed"] >= 1
    assert status.seconds < 30  # ended by the first deed after the outage


def test_simulation_raises_what_is_no_outage(posts):
    with pytest.raises(IndexError):
        Simulation([], rate=10, seed=1).run(threading.Event(), seconds=5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_simulate_ends_on_a_signal_and_gives_the_handler_back(number):
    before = signal.getsignal(number)

    with until_interrupted() as stop:
        os.kill(os.getpid(), number)
        stopped = stop.wait(5)

    assert (stopped, signal.getsignal(number)) == (True, before)


def test_simulate_refuses_without_posts():
    with pytest.raises(CommandError, match="There are no posts to act on yet"):
        run("--users", "1")


def test_simulate_refuses_a_foreign_database(settings, posts):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="Nothing was changed"):
        run("--users", "1")

    assert list(User.objects.values_list("username", flat=True)) == ["ana"]


def test_simulate_dry_run_makes_nobody(posts):
    assert run("--users", "3", "--dry-run") == "3 people would act, 3 of them made for it.\n"
    assert (User.objects.count(), (django_settings.MEDIA_ROOT).exists()) == (1, False)


@pytest.mark.parametrize("arguments", [("--users", "0"), ("--rate", "0"), ("--rate", "nan"), ("--seconds", "-1")])
def test_simulate_refuses_numbers_that_are_none(arguments):
    with pytest.raises(CommandError, match="is not a number"):
        run(*arguments)


def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def end_connections(but, stop):
    """End every connection but the test's own, in the middle of a deed; stop at the first deed after that.

    What is lost between two deeds nobody notices: the next one has another connection.
    """
    used = connection.settings_dict
    login = {"user": used["USER"], "password": used["PASSWORD"], "host": used["HOST"], "port": used["PORT"]}
    with psycopg.connect(dbname=used["NAME"], autocommit=True, **login) as other:
        until(lambda: deeds(other))
        with other.transaction():
            other.execute("LOCK TABLE outbox")
            until(lambda: held_up(other))
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
                [but],
            )
        before = deeds(other)
        until(lambda: deeds(other) > before)
    stop.set()


def held_up(other):
    waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'outbox'::regclass AND NOT granted"
    return other.execute(waiting).fetchone()[0]


def deeds(other):
    return other.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0]
