"""Changing one's username: who may take which, and where the old one leads."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils.formats import date_format

from accounts import actions, adapter, queries
from accounts.actions import renaming
from accounts.models import FormerUsername, User
from accounts.names import RESERVED
from core import clock
from core.problems import Conflict, Invalid, NotFound
from events.types import UserRenamed
from tests.support.build import make_block, make_former_username, make_user, make_users
from tests.support.outbox import recorded
from tests.support.web import Web

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=91)


def names():
    return sorted(User.objects.values_list("username", flat=True))


def former():
    return dict(FormerUsername.objects.values_list("username", "user__username"))


def test_rename_keeps_the_old_name():
    ana = make_user("ana")

    actions.rename_user(user_id=ana.id, username=" Anna ", mut="m1")

    assert (names(), former()) == (["anna"], {"ana": "anna"})
    assert recorded() == [UserRenamed(user_id=ana.id, old="ana", new="anna", mut="m1")]


def test_rename_to_ones_own_name_changes_nothing():
    ana = make_user("ana")

    actions.rename_user(user_id=ana.id, username="Ana")

    ana.refresh_from_db()
    assert (ana.renamed_at, former(), recorded()) == (None, {}, [])


@pytest.mark.parametrize("name", ["", "änä", "ana.", "a" * 31, sorted(RESERVED)[0]])
def test_rename_to_what_is_no_name_is_refused(name):
    ana = make_user("ana")

    with pytest.raises(Invalid) as refusal:
        actions.rename_user(user_id=ana.id, username=name)

    assert (refusal.value.field, names(), recorded()) == ("username", ["ana"], [])


def test_rename_to_a_name_that_somebody_has_is_refused():
    ana, _ = make_users("ana", "ben")

    with pytest.raises(Conflict, match="is taken") as refusal:
        actions.rename_user(user_id=ana.id, username="BEN")

    assert (refusal.value.field, names(), former(), recorded()) == ("username", ["ana", "ben"], {}, [])


def test_rename_to_a_name_that_somebody_had_lately_is_refused():
    ana, ben = make_users("ana", "ben")
    make_former_username(ben, "benny")

    with pytest.raises(Conflict):
        actions.rename_user(user_id=ana.id, username="benny")


def test_rename_to_a_name_that_somebody_had_long_ago_takes_it():
    ana, ben = make_users("ana", "ben")
    make_former_username(ben, "benny", left_at=clock.now() - LONG_AGO)

    actions.rename_user(user_id=ana.id, username="benny")

    assert (names(), former()) == (["ben", "benny"], {"ana": "benny"})


def test_rename_back_is_the_undo():
    ana = make_user("anna")
    make_former_username(ana, "ana")

    actions.rename_user(user_id=ana.id, username="ana")

    assert (names(), former()) == (["ana"], {"anna": "ana"})


def test_rename_twice_within_the_pause_is_refused_and_says_when():
    ana = make_user("ana")
    actions.rename_user(user_id=ana.id, username="anna")
    again = User.objects.get().renamed_at + timedelta(days=14)

    with pytest.raises(Conflict) as refusal:
        actions.rename_user(user_id=ana.id, username="annie")

    assert (refusal.value.detail, names()) == (
        f"You can change it again from {date_format(again, 'DATETIME_FORMAT')} UTC on.",
        ["anna"],
    )


def test_rename_after_the_pause_is_possible():
    ana = make_user("ana", renamed_at=clock.now() - timedelta(days=14))

    actions.rename_user(user_id=ana.id, username="anna")

    assert names() == ["anna"]


def test_forget_names_sets_free_what_was_given_up_long_ago(monkeypatch):
    monkeypatch.setattr(renaming, "BATCH", 2)
    ana = make_user("ana")
    for name in ("one", "two", "three"):
        make_former_username(ana, name, left_at=clock.now() - LONG_AGO)
    make_former_username(ana, "four", left_at=clock.now() - timedelta(days=89))

    actions.forget_names()

    assert former() == {"four": "ana"}


def test_sign_up_with_a_name_that_somebody_had_lately_is_refused():
    make_former_username(make_user("ben"), "benny")

    answer = sign_up("Benny")

    errors = answer.context["form"].errors
    assert (errors, names()) == ({"username": ["The name benny is taken. Please choose another."]}, ["ben"])


@pytest.mark.django_db(transaction=True)
def test_sign_up_that_loses_the_name_to_a_rename_is_a_conflict(monkeypatch):
    ana = make_user("ana", email="other@example.org")
    looked = adapter.AccountAdapter.clean_username

    def renamed_behind_the_form(self, username, shallow=False):
        name = looked(self, username, shallow)
        actions.rename_user(user_id=ana.id, username=name)
        return name

    monkeypatch.setattr(adapter.AccountAdapter, "clean_username", renamed_behind_the_form)

    answer = sign_up("anna")

    assert (answer.status_code, names()) == (409, ["anna"])


@pytest.mark.django_db(transaction=True)
def test_rename_that_loses_the_name_to_a_sign_up_is_a_conflict(monkeypatch):
    ana = make_user("ana")
    looked = renaming.names.is_kept

    def taken_behind_the_look(*arguments, **options):
        with ThreadPoolExecutor(1) as other:
            other.submit(_in_a_thread, make_user, "anna").result()
        return looked(*arguments, **options)

    monkeypatch.setattr(renaming.names, "is_kept", taken_behind_the_look)

    with pytest.raises(Conflict):
        actions.rename_user(user_id=ana.id, username="anna")

    assert (names(), former()) == (["ana", "anna"], {})


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_want_a_name_at_once_one_gets_it():
    people = make_users(*(f"fan{number}" for number in range(50)))

    def rename(user):
        try:
            return actions.rename_user(user_id=user.id, username="star")
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda user: _in_a_thread(rename, user), people))

    assert (answers.count(None), answers.count("conflict"), names().count("star"), len(former())) == (1, 49, 1, 1)
    assert len(recorded()) == 1


@pytest.mark.parametrize("page", ["", "followers/", "following/"])
@pytest.mark.django_db(transaction=True)
def test_pages_of_a_former_name_lead_to_the_present_one(page):
    ana, ben = make_users("ana", "ben")
    make_former_username(ana, "annie")

    answer = Web(ben).get(f"/@Annie/{page}")

    assert (answer.status_code, answer["Location"]) == (302, f"/@ana/{page}")


@pytest.mark.parametrize("who", ["blocked", "deleted", "forgotten"])
@pytest.mark.django_db(transaction=True)
def test_pages_of_a_former_name_are_not_there_for_whom_the_present_one_is_not(who):
    ana, ben = make_user("ana", is_active=who != "deleted"), make_user("ben")
    make_former_username(ana, "annie", left_at=clock.now() - (LONG_AGO if who == "forgotten" else timedelta()))
    if who == "blocked":
        make_block(ana, ben)

    answers = [Web(ben).get(f"/@{name}/") for name in ("annie", "nobody")]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.django_db(transaction=True)
def test_visitors_are_led_to_the_present_name():
    make_former_username(make_user("ana"), "annie")

    assert Web().get("/@annie/")["Location"] == "/@ana/"


def test_reads_under_a_former_name_find_nobody():
    ana = make_user("ana")
    make_former_username(ana, "annie")

    with pytest.raises(NotFound):
        queries.profile("annie", viewer_id=ana.id)


@pytest.mark.django_db(transaction=True)
def test_rename_over_rest():
    ana, _ = make_users("ana", "ben")
    web = Web(ana)

    taken = web.send("PATCH", "/api/v1/me", {"username": "ben", "bio": "Light"})
    renamed = web.send("PATCH", "/api/v1/me", {"username": "anna"}, headers={"Idempotency-Key": "m-1"})

    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (409, "username")
    assert [renamed.json()[name] for name in ("username", "url", "bio")] == ["anna", "/@anna/", ""]
    assert [event.mut for event in recorded()] == ["m-1"]
    assert web.get("/api/v1/users/ana").status_code == 404


@pytest.mark.parametrize(("tag", "kept"), [("de", "de"), ("DE", "de"), ("", "")])
def test_a_language_is_kept_by_its_tag(tag, kept):
    ana = make_user("ana", language="en")

    assert actions.update_profile(user_id=ana.id, language=tag).language == kept


def test_a_language_that_is_unknown_is_refused():
    ana = make_user("ana")

    with pytest.raises(Invalid) as refusal:
        actions.update_profile(user_id=ana.id, language="tlh")

    assert refusal.value.field == "language"


def test_a_language_is_told_to_nobody_else():
    ana, ben = make_user("ana", language="de"), make_user("ben")

    assert queries.profile("ana", viewer_id=ben.id).language == ""
    assert queries.own_profile(ana.id).language == "de"


def sign_up(username):
    cache.clear()  # the limit on sign-ups
    form = {"username": username, "email": "new@example.org", "password1": "deep sea lantern"}
    return Web().post("/accounts/signup/", form)


def _in_a_thread(work, *arguments):
    try:
        return work(*arguments)
    finally:
        connection.close()
