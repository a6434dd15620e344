"""What is kept of what was reported: for how long, and for whom; and that it is forgotten after that."""

from datetime import timedelta

import pytest

import content.actions
from content.models import Media, Post
from core import clock
from core.problems import Conflict, NotFound
from ops import actions, queries
from ops.actions import reports
from ops.models import Act, Case, Report
from tests.ops.deeds import claimed, close, report
from tests.support.build import make_media, make_post, make_user, make_users

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def post(people):
    """Ana's, with a photo that has files."""
    post = make_post(people[0], caption="Buy now", photos=0)
    make_media(people[0], post=post, files=True, widths=(96, 320), alt="A lantern")
    return post


def remove_for_good(post):
    content.actions.delete_post(post_id=post.id, actor_id=post.author_id)
    content.actions.purge_post(post_id=post.id, actor_id=post.author_id)
    content.actions.purge(media_ids=list(Media.objects.values_list("id", flat=True)))


def test_a_report_keeps_words_and_photos_of_a_post_that_its_author_removes(people, post):
    case = claimed("post", post, people[1], people[2])
    photo = post.media.get()

    remove_for_good(post)

    (statement,) = queries.case(case.id, viewer_id=people[2].id).statements
    assert (Post.objects.count(), statement.evidence["caption"]) == (0, "Buy now")
    kept = {"id": str(photo.id), "alt": "A lantern", "kind": "photo", "width": 96, "height": 64}
    assert statement.evidence["media"] == [kept]
    assert queries.photo(case.id, photo.id, viewer_id=people[2].id) == b"RIFF 320"


def test_a_photo_that_nobody_reported_goes_with_its_post(people, post):
    remove_for_good(post)

    assert Media.objects.count() == 0


def test_a_photo_goes_once_it_is_held_no_longer(people, post, media_root):
    report("post", post, people[1])
    folder = media_root / post.media.get().folder
    remove_for_good(post)
    held = folder.exists()
    Media.objects.update(held_until=clock.now() - timedelta(seconds=1))

    content.actions.purge(media_ids=list(Media.objects.values_list("id", flat=True)))

    assert (held, folder.exists(), Media.objects.count()) == (True, False, 0)


def test_a_reported_photo_of_a_deleted_post_is_shown_to_nobody_else(people, post):
    claimed("post", post, people[1], people[2])
    photo = post.media.get()

    remove_for_good(post)

    for viewer in (None, *people):
        with pytest.raises(NotFound):
            content.queries.media_file(viewer and viewer.id, photo.folder, 320)


def test_a_reported_photo_is_for_who_has_claimed_the_case(people, post):
    case, photo = claimed("post", post, people[1], people[2]), post.media.get()

    for viewer in (people[1], people[3]):
        with pytest.raises(NotFound):
            queries.photo(case.id, photo.id, viewer_id=viewer.id)


def test_a_claim_that_ran_out_shows_no_photo(people, post):
    case, photo = claimed("post", post, people[1], people[2]), post.media.get()
    Case.objects.update(claimed_until=clock.now())

    with pytest.raises(NotFound):
        queries.photo(case.id, photo.id, viewer_id=people[2].id)


def test_a_claim_shows_no_photo_that_was_not_reported_in_it(people, post):
    case = claimed("post", post, people[1], people[2])
    other = make_media(people[0], post=make_post(people[0], photos=0), files=True)

    with pytest.raises(NotFound):
        queries.photo(case.id, other.id, viewer_id=people[2].id)


@pytest.mark.parametrize(("days", "left"), [(89, 1), (91, 0)])
def test_what_was_decided_long_ago_is_forgotten_but_not_who_decided(people, days, left):
    case = claimed("user", people[0], people[1], people[2])
    close(case, people[2], "dismiss")
    Case.objects.update(closed_at=clock.now() - timedelta(days=days))

    actions.purge_cases()

    assert (Case.objects.count(), Report.objects.count()) == (left, left)
    assert list(Act.objects.order_by("id").values_list("what", flat=True)) == ["claim", "dismiss"]


def test_what_is_open_is_kept_however_old(people):
    report("user", people[0], people[1])

    actions.purge_cases()

    assert Case.objects.count() == 1


def test_one_case_takes_so_many_reports_and_no_more(people, monkeypatch):
    monkeypatch.setattr(reports, "MAX_REPORTS", 2)
    first = report("user", people[0], people[1])
    report("user", people[0], people[2])

    with pytest.raises(Conflict):
        report("user", people[0], people[3])

    assert (report("user", people[0], people[1]).id, Report.objects.count()) == (first.id, 2)


def test_so_many_reports_are_read_of_one_case(people, monkeypatch):
    monkeypatch.setattr(queries, "STATEMENTS", 2)
    for reporter in make_users("eve", "fay", "gus"):
        report("user", people[0], reporter)

    view = queries.case(Case.objects.get().id, viewer_id=make_user("rosa").id)

    assert (view.case.report_count, len(view.statements)) == (3, 2)
