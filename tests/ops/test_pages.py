"""The moderators' pages, as a browser without JavaScript has them."""

import pytest

from accounts.models import Session, User
from content.models import Post
from ops.models import Act, Case
from tests.ops.deeds import report
from tests.support.build import make_media, make_post, make_user, make_users, prove_second_factor
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "/ops/moderation/"


@pytest.fixture
def case(settings, tmp_path):
    """Ben has reported ana's post, which has a photo."""
    settings.MEDIA_ROOT = tmp_path
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, caption="Buy <b>now</b>", photos=0)
    make_media(ana, post=post, files=True)
    report("post", post, ben, text="He sells <script>")
    return Case.objects.get()


@pytest.fixture
def at(case):
    """The address of the case."""
    return f"{QUEUE}{case.id}/"


@pytest.fixture
def photo(case):
    return f"{QUEUE}{case.id}/photos/{Post.objects.get().media.get().id}"


def text(answer):
    return answer.content.decode()


def test_the_queue_lists_what_is_open(case, at, moderator):
    pages = {state: at in text(moderator.get(f"{QUEUE}?state={state}")) for state in ("open", "mine", "closed", "")}

    assert pages == {"open": True, "mine": False, "closed": False, "": True}


def test_a_case_shows_what_was_said_and_seen_as_text(at, moderator):
    page = text(moderator.get(at))

    assert "He sells &lt;script&gt;" in page
    assert "Buy &lt;b&gt;now&lt;/b&gt;" in page


def test_claiming_shows_the_photo_and_letting_go_hides_it(at, photo, moderator):
    seen = []
    for form in ({}, {"undo": "1"}):
        answer = moderator.post(f"{at}claim/", form)
        seen.append((answer.status_code, photo in text(moderator.get(at)), moderator.get(photo).status_code))

    assert seen == [(303, True, 200), (303, False, 404)]


def test_a_photo_is_kept_by_no_cache(at, photo, moderator):
    moderator.post(f"{at}claim/")

    assert moderator.get(photo)["Cache-Control"] == "private, no-store"


def test_a_reported_video_plays_for_who_has_claimed_the_case(settings, tmp_path, moderator):
    settings.MEDIA_ROOT = tmp_path
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, photos=0)
    video = make_media(ana, post=post, files=True, videos=(320, 640))
    report("post", post, ben)
    at = f"{QUEUE}{Case.objects.get().id}/"
    path = f"{at}videos/{video.id}"
    before = moderator.get(path).status_code

    moderator.post(f"{at}claim/")

    whole, part = moderator.get(path), moderator.get(path, headers={"Range": "bytes=0-2"})
    assert (before, whole.status_code, part.status_code) == (404, 200, 206)
    assert (part["Content-Range"], part["Cache-Control"]) == ("bytes 0-2/7", "private, no-store")  # the larger one
    assert f'src="{path}"' in text(moderator.get(at))


def test_a_reported_photo_is_no_video(at, photo, moderator):
    moderator.post(f"{at}claim/")

    assert moderator.get(photo.replace("photos", "videos")).status_code == 404


def test_a_decision_takes_effect_and_so_does_its_undoing(at, moderator):
    moderator.post(f"{at}claim/")

    answer = moderator.post(f"{at}outcome/", {"outcome": "remove", "why": "Spam.", "until": ""})
    gone = Post.objects.visible_to(None).exists()
    moderator.post(f"{at}outcome/", {"undo": "1", "why": "It was none."})

    assert (answer.status_code, gone, Post.objects.visible_to(None).exists()) == (303, False, True)
    assert list(Act.objects.order_by("id").values_list("what", "why")) == [
        ("claim", ""),
        ("remove", "Spam."),
        ("reopen", "It was none."),
    ]


def test_a_suspension_ends_on_the_day_that_was_chosen(at, moderator):
    moderator.post(f"{at}claim/")

    moderator.post(f"{at}outcome/", {"outcome": "suspend", "why": "Spam.", "until": "2027-05-01"})

    assert User.objects.get(username="ana").suspended_until.isoformat() == "2027-05-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"outcome": "suspend", "why": "Spam.", "until": "soon"}, 422, "A date, as 2026-12-31."),
        ({"outcome": "suspend", "why": "Spam.", "until": "2020-01-01"}, 422, "In the future"),
        ({"outcome": "remove", "why": ""}, 422, "form-error"),
        ({"outcome": "reinstate", "why": "Spam."}, 422, "has no such outcome"),
        ({"outcome": "nonsense", "why": "Spam."}, 422, "has no such outcome"),
    ],
)
def test_what_is_refused_is_said_in_the_form(at, moderator, form, status, said):
    moderator.post(f"{at}claim/")

    answer = moderator.post(f"{at}outcome/", form)

    assert (answer.status_code, said in text(answer)) == (status, True)
    assert (User.objects.get(username="ana").is_active, Post.objects.visible_to(None).count()) == (True, 1)


def test_who_comes_too_late_is_told_who_has_claimed_it(at, moderator):
    molly = make_user("molly", is_staff=True)
    other = Web(molly)
    prove_second_factor(Session.objects.get(user=molly))
    moderator.post(f"{at}claim/")

    answer = other.post(f"{at}claim/")

    assert (answer.status_code, "rosa has claimed this." in text(answer)) == (409, True)


def everywhere(web, at, photo):
    """What each page and form answers, by its status and where it leads."""
    asks = [web.get(QUEUE), web.get(at), web.get(photo), web.get(photo.replace("photos", "videos"))]
    asks += [web.post(f"{at}claim/"), web.post(f"{at}outcome/")]
    return {(answer.status_code, answer.get("Location", "").partition("?")[0]) for answer in asks}


def test_for_a_member_there_are_no_pages(at, photo):
    assert everywhere(Web(make_user("carl")), at, photo) == {(404, "")}


def test_staff_without_a_second_factor_are_told_what_they_lack(at, photo):
    assert everywhere(Web(make_user("carl", is_staff=True)), at, photo) == {(403, "")}


def test_a_visitor_is_sent_to_the_log_in(at, photo):
    assert everywhere(Web(), at, photo) == {(302, "/accounts/login/")}
