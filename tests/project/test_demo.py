"""`manage.py seed_demo`: what it makes is what the handlers would have derived, and only where it may be made."""

import io
import json
import os
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from accounts.models import Follow, User
from content import queries
from content.models import Comment, Like, Media, Post
from core import clock, ids
from events.models import OutboxRow
from notifications.models import Entry, Group
from notifications.queries import notification_page, unread_count
from project.demo import conditions
from project.demo.seed import seed
from project.up.folder import SECRETS_FILE
from tests.support.build import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _development(settings, tmp_path):
    settings.DEBUG = True
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


def run(*arguments):
    out = io.StringIO()
    call_command("seed_demo", *arguments, stdout=out)
    return out.getvalue()


def small(**options):
    """A demo of five people and four posts: all kinds of rows, and few photos to render."""
    return seed(people=5, posts=4, seed=3, **options)


def test_seed_reports_what_there_is():
    made = small()

    there = [User, Post, Follow, Like, Comment, Entry]
    reported = [made.people, made.posts, made.follows, made.likes, made.comments, made.notifications]
    assert reported == [model.objects.count() for model in there]
    assert Media.objects.count() == made.photos + made.people
    assert min(reported) > 0


def test_seeded_state_is_derived_and_read():
    small()

    likes, comments = (Counter(model.objects.values_list("post", flat=True)) for model in (Like, Comment))
    assert {(post.id, post.like_count, post.comment_count) for post in Post.objects.all()} == {
        (post, likes[post], comments[post]) for post in Post.objects.values_list("id", flat=True)
    }
    followers, following = (Counter(Follow.objects.values_list(end, flat=True)) for end in ("followee", "follower"))
    posts = Counter(Post.objects.values_list("author", flat=True))
    assert {(user.id, user.follower_count, user.following_count, user.post_count) for user in User.objects.all()} == {
        (user, followers[user], following[user], posts[user]) for user in User.objects.values_list("id", flat=True)
    }
    assert OutboxRow.objects.count() == 0
    assert unread_count(User.objects.get(username="ana").id) == 3
    for group in Group.objects.all():
        entries = group.entries.order_by("-id").values_list("id", "actor")
        assert (group.latest_id, group.actor_count) == (entries[0][0], len({actor for _, actor in entries}))


def test_seeded_rows_lie_in_the_past_when_it_happened():
    began = clock.now()

    small()

    for model in (User, Post, Media, Follow, Like, Comment, Entry):
        assert ids.created_at(max(model.objects.values_list("id", flat=True))) < began
    assert Post.objects.exclude(author__id__lt=F("id")).count() == 0
    assert Like.objects.exclude(post__id__lt=F("id")).count() == 0
    ana = User.objects.get(username="ana")
    times = [group.at for group in notification_page(ana.id).items]
    assert (times, len(times)) == (sorted(times, reverse=True), len(set(times)))


def test_seeded_people_sign_in_and_their_photos_are_there():
    small()

    assert authenticate(None, username="ana", password="photophore") == User.objects.get(username="ana")
    assert set(User.objects.filter(is_staff=True).values_list("username", "is_superuser")) == {("operator", False)}
    for media in Media.objects.all():
        folder = django_settings.MEDIA_ROOT / media.folder
        assert set(os.listdir(folder)) == set(media.renditions.values())
    assert all(photo.src and photo.alt for card in queries.latest_public() for photo in card.media)
    assert [name for name in os.listdir(django_settings.MEDIA_ROOT) if name.startswith(".")] == []


def test_seed_twice_refuses_and_leaves_no_files():
    make_user("chloe")

    with pytest.raises(conditions.RefusedError, match="There is a chloe here already"):
        small()

    assert (User.objects.count(), (django_settings.MEDIA_ROOT).exists()) == (1, False)


def test_seed_if_empty_does_nothing_where_people_are():
    make_user("somebody")

    assert run("--if-empty") == "Nothing was made: there are people here already.\n"
    assert json.loads(run("--if-empty", "--json")) == {"made": False}
    assert list(User.objects.values_list("username", flat=True)) == ["somebody"]


def test_seed_dry_run_makes_nothing():
    body = json.loads(run("--dry-run", "--json"))

    assert (body["made"], body["people"], body["notifications"]) == (False, 20, None)
    assert (User.objects.count(), (django_settings.MEDIA_ROOT).exists()) == (0, False)


def test_seed_refuses_a_foreign_database(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="only made with DEBUG on or in the database that"):
        run()

    assert User.objects.count() == 0


def test_seed_refuses_when_up_has_noted_another_database(settings):
    settings.DEBUG = False
    note(port="1")

    with pytest.raises(CommandError, match="Nothing was changed"):
        run()


def test_seed_takes_the_database_that_up_has_noted(settings):
    settings.DEBUG = False
    note()

    assert run("--dry-run").startswith("Would make 20 people, ")


def note(**changes):
    """Keep the test's own database in the data folder, as `up` keeps the one that it starts."""
    used = {key.lower(): value for key, value in connection.settings_dict.items()} | changes
    url = f"postgresql://{used['user']}:secret@{used['host']}:{used['port']}/{used['name']}"
    (django_settings.DATA / SECRETS_FILE).write_text(f"SECRET_KEY=x\nDATABASE_URL={url}\n")


def test_id_at_is_the_moment():
    moment = datetime(2026, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)

    made = ids.id_at(moment, shard=5, sequence=7)

    assert (ids.created_at(made), made >> 10 & 8191, made & 1023) == (moment, 5, 7)
