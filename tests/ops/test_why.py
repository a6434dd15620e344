"""Why somebody was told of something, or not: each broken hop by its name, on the real stack."""

import itertools

import pytest
from django.conf import settings

from accounts.models import User
from accounts.viewers import Viewer
from content import actions
from core.problems import Invalid
from events.models import MAX_ATTEMPTS, OutboxRow
from events.outbox import shard_of
from notifications.entries import WHY_HIDDEN
from notifications.models import Group
from ops import hops, why
from ops.models import AuditEntry
from ops.words import RULES
from realtime.models import UserEvent
from tests.support.build import (
    make_block,
    make_comment,
    make_mute,
    make_post,
    make_post_mute,
    make_preference,
    make_user,
    make_users,
)
from tests.support.draining import drain_all
from tests.support.wait import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    return make_users("ana", "ben", "rosa")


@pytest.fixture
def ask():
    def ask(about, number, person="ana"):
        rosa = User.objects.get(username="rosa")
        return why.ask(
            Viewer(rosa.id, "rosa", "Rosa", "", is_staff=True, via="session"),
            person=person, about=about, number=str(number),
        )  # fmt: skip

    return ask


def states(found):
    return [[(hop.name, hop.state) for hop in trail.hops] for trail in found.trails]


def last(found):
    (trail,) = found.trails
    return trail.hops[-1]


def like(post, fan):
    actions.like_post(post_id=post.id, actor_id=fan.id)


def test_every_rule_that_hides_has_its_words():
    assert RULES.keys() == WHY_HIDDEN.keys()


def test_without_a_worker_it_waits_in_the_outbox(people, ask):
    ana, ben, _ = people
    post = make_post(ana)
    like(post, ben)

    found = ask("post", post.id)

    assert (states(found), found.trails[0].title) == (
        [[("Recorded", "done"), ("Outbox", "waiting")]],
        "post.liked",
    )
    assert last(found).said.startswith("It waits in the outbox for a worker, for ")


def test_what_waits_for_others_is_not_theirs(people, ask):
    ana, ben, _ = people
    post = make_post(ana)
    like(post, ben)

    assert ask("post", post.id, person="ben").trails == []


def test_what_waits_for_others_in_ones_own_shard_is_not_ones_own(people, ask):
    ana, *_ = people
    alike = next(number for number in itertools.count(ana.id + 1) if shard_of(number) == shard_of(ana.id))
    post = make_post(ana)
    like(post, make_user("eve", id=alike))

    assert ask("post", post.id, person="eve").trails == []


def test_what_failed_says_how_often_and_why_but_not_what_was_written(people, ask):
    ana, ben, _ = people
    post = make_post(ana)
    like(post, ben)
    OutboxRow.objects.update(attempts=MAX_ATTEMPTS, error="null value in column\nDETAIL: Failing row contains (secret)")

    hop = last(ask("post", post.id))

    assert (hop.state, hop.said) == ("stopped", "It failed 5 times and is tried no more: null value in column")
    OutboxRow.objects.all().delete()


def test_ones_own_act_is_not_told(people, ask):
    ana, *_ = people
    post = make_post(ana)
    like(post, ana)
    drain_all()

    assert last(ask("post", post.id)).said == "Not told, because it is their own act."


@pytest.mark.parametrize(
    ("rule", "hide"),
    [
        ("preference", lambda ana, ben, post: make_preference(ana, "like", "nobody")),
        ("muted", lambda ana, ben, post: make_mute(ana, ben, notifications=True)),
        ("post_muted", lambda ana, ben, post: make_post_mute(ana, post)),
        ("actor", lambda ana, ben, post: User.objects.filter(id=ben.id).update(is_active=False)),
        ("blocked_by", lambda ana, ben, post: make_block(ben, ana)),
        ("blocking", lambda ana, ben, post: make_block(ana, ben)),
    ],
)
def test_what_a_rule_hides_names_the_rule(people, ask, rule, hide):
    ana, ben, _ = people
    post = make_post(ana)
    like(post, ben)
    hide(ana, ben, post)
    drain_all()

    assert last(ask("post", post.id)).said == f"Not told, because {RULES[rule]}"


def test_a_comment_is_found_by_its_number_and_shows_no_text(people, ask):
    ana, ben, _ = people
    comment = actions.comment(post_id=make_post(ana).id, actor_id=ben.id, text="A secret.")
    drain_all()

    found = ask("comment", comment.id)

    assert (found.trails[0].title, "secret" in str(found)) == ("ben: comment", False)


def test_nothing_is_said_to_be_nothing(people, ask):
    post = make_post(people[0])

    assert ask("post", post.id).said == (
        "Nobody has done anything to it that this person would be told of, and nothing about it waits."
    )


def test_what_never_was_is_said_to_be_none(people, ask):
    assert ask("comment", 12).said == ("There is nothing with this number, and nothing about it waits in the outbox.")


@pytest.mark.parametrize(
    ("person", "about", "number", "field"),
    [
        ("nobody", "post", "1", "person"),
        ("ana", "photo", "1", "about"),
        ("ana", "post", "x", "number"),
        ("ana", "post", "9" * 19, "number"),
        ("ana", "post", "²", "number"),
    ],
)
def test_a_wrong_question_names_its_field(people, ask, person, about, number, field):
    with pytest.raises(Invalid) as refusal:
        ask(about, number, person=person)

    assert (refusal.value.field, AuditEntry.objects.count()) == (field, 0)


def test_a_look_is_on_record(people, ask):
    ask("post", 12)

    assert list(AuditEntry.objects.values_list("actor_name", "what", "subject")) == [
        ("rosa", "why", "user ana, post 12")
    ]


def test_offline_it_will_resume_from_what_it_has_seen(stack, people, ask):
    ana, ben, _ = people
    post = make_post(ana)
    like(post, ben)
    until(lambda: UserEvent.objects.filter(user_id=ana.id).exists())

    hop = last(ask("post", post.id))

    assert (hop.name, hop.state, hop.said) == (
        "Published",
        "waiting",
        "No device is connected. The next will resume from the number it has seen, 0 or later, up to 1; one that is "
        "more than 500 behind loads its page anew.",
    )


def test_live_it_is_recorded_entered_numbered_heard_written_and_acknowledged(stack, open_socket, people, ask):
    ana, ben, _ = people
    post = make_post(ana)
    socket = open_socket(ana)
    connection = socket.hello()["conn"]
    like(post, ben)
    seq = socket.event("notification")["seq"]

    written = last(ask("post", post.id))
    socket.send(t="ack", seq=seq)
    until(lambda: last(ask("post", post.id)).state == "done")
    found = ask("post", post.id)

    assert (written.said, written.state) == (
        "Written. Not acknowledged yet: it says up to 0, and says so every 10 s.",
        "waiting",
    )
    names = [hop.name for hop in found.trails[0].hops]
    node = names[-1].rpartition(" ")[2]
    assert names == ["Recorded", "Entered", "Drained and numbered", "Published", f"Device {connection} on {node}"]
    assert (found.trails[0].state, node.startswith("web.")) == ("done", True)
    assert all(hop.at is not None for hop in found.trails[0].hops)


def test_an_event_is_found_by_its_number(stack, people, ask):
    ana, ben, _ = people
    like(make_post(ana), ben)
    until(lambda: UserEvent.objects.filter(user_id=ana.id).exists())

    assert (ask("event", 1).trails[0].title, ask("event", 2).said) == (
        "notification",
        "There is no such event: the log of this person goes from 1 to 1.",
    )


def test_a_notification_is_found_by_its_number(people, ask):
    ana, ben, _ = people
    like(make_post(ana), ben)
    drain_all()

    assert ask("notification", Group.objects.get().id).trails[0].title == "ben: like"


def test_without_redis_it_says_that_nobody_can_be_asked(people, ask, monkeypatch):
    ana, ben, _ = people
    post = make_post(ana)
    like(post, ben)
    drain_all()
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")

    hop = last(ask("post", post.id))

    assert (hop.state, hop.said) == ("stopped", "Redis does not answer, so no process can be asked.")


def test_every_process_answers(stack, open_socket, people):
    ana, *_ = people
    open_socket(ana).hello()

    assert [(len(answer.devices), answer.heard) for answer in hops.ask(ana.id, [1])] == [(1, {})]


def test_a_comment_of_ones_own_is_not_told(people, ask):
    ana, *_ = people
    comment = make_comment(make_post(ana), ana)

    assert last(ask("comment", comment.id)).said == "Not told, because it is their own act."
