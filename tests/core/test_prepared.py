"""A queryset that is compiled once answers as it would anew, whatever it is asked with."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat, Now

from accounts.models import Mute, Token, User
from content.models import Media, Post
from core import clock, sql
from core.prepared import AnyOf, prepared
from tests.support.build import make_media, make_mute, make_post, make_user, make_users

pytestmark = pytest.mark.django_db


@prepared
def _named(*, username, viewer_id):
    users = User.objects.filter(username=username)
    return users if viewer_id is None else users.exclude(id=viewer_id)


@prepared
def _among(*, ids):
    return User.objects.filter(AnyOf("pk", ids)).order_by("-id")


@prepared
def _posts(most, *, author_id):
    return Post.objects.filter(author_id=author_id).select_related("author").with_public().order_by("id")[:most]


def test_each_call_asks_with_its_own_values():
    ana, ben = make_users("ana", "ben")

    found = [_named(username=name, viewer_id=ben.id) for name in ("ana", "ben", "nobody", "ana")]

    assert found == [[ana], [], [], [ana]]


def test_what_is_none_decides_the_form():
    ana = make_user("ana")

    assert [_named(username="ana", viewer_id=one) for one in (ana.id, None, ana.id)] == [[], [ana], []]


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
def test_a_number_that_is_no_columns_is_found_nowhere(number):
    assert (_named(username="ana", viewer_id=number), _posts(5, author_id=number)) == ([], [])


def test_a_list_of_ids_may_be_of_any_length():
    people = make_users("ana", "ben", "chloe")

    assert [_among(ids=[one.id for one in people[:count]]) for count in range(4)] == [
        list(reversed(people[:count])) for count in range(4)
    ]


def test_a_list_may_be_of_texts_or_of_bytes():
    ana, ben = make_users("ana", 'b"e\\n')
    Token.objects.create(user=ana, name="one", digest=b"\0\\'\xff")
    among = prepared(lambda column, *, values: Token.objects.filter(AnyOf(column, values)).order_by("id"))

    found = [among("user__username", values=["x", ben.username, "ana"]), among("digest", values=[b"\0\\'\xff", b""])]

    assert found == [[*Token.objects.all()]] * 2
    assert among("user__username", values=[ben.username]) == []


def test_instances_come_with_what_was_annotated_and_selected(django_assert_num_queries):
    ana = make_user("ana")
    posts = [make_post(ana, photos=0) for _ in range(3)]

    with django_assert_num_queries(1):
        found = _posts(2, author_id=ana.id)
        seen = [(post.id, post.author.username, post.is_public, post._state.adding) for post in found]

    assert seen == [(post.id, "ana", True, False) for post in posts[:2]]


def test_columns_that_were_not_asked_for_are_fetched_when_looked_at():
    ana = make_user("ana", bio="Up early.")
    (found,) = prepared(lambda *, user_id: User.objects.filter(id=user_id).only("username"))(user_id=ana.id)

    assert (found.get_deferred_fields() >= {"bio"}, found.bio) == (True, "Up early.")


def test_columns_are_read_as_their_fields_read_them():
    media = make_media(make_user("ana"), renditions={"320": "a.webp"})

    ((renditions, kept),) = prepared(
        lambda *, media_id: Media.objects.filter(id=media_id).values_list("renditions", "created_at")
    )(media_id=media.id)

    assert (renditions, kept) == ({"320": "a.webp"}, Media.objects.get().created_at)


def test_texts_of_the_queryset_itself_are_no_parameters():
    make_user("ana")
    odd = "100 % of 'it' \\ %s %(x)s"

    (found,) = prepared(lambda *, name: User.objects.filter(username=name).annotate(odd=Concat(Value(odd), F("name"))))(
        name="ana"
    )

    assert found.odd == odd


def test_the_present_is_the_moment_of_the_call():
    ana, ben = make_users("ana", "ben")
    standing = prepared(lambda *, muter_id: Mute.objects.standing().filter(muter_id=muter_id))
    before = len(standing(muter_id=ana.id))

    make_mute(ana, ben, until=clock.now().replace(year=2100))
    during = len(standing(muter_id=ana.id))
    Mute.objects.update(until=Now())

    assert (before, during, len(standing(muter_id=ana.id))) == (0, 1, 0)


def test_a_moment_of_the_process_is_refused():
    with pytest.raises(RuntimeError, match="Now"):
        prepared(lambda *, one: User.objects.filter(id=one, date_joined__lt=clock.now()))(one=1)

    assert clock.now().tzinfo is not None


def test_it_is_built_once_for_each_form():
    built = []

    @prepared
    def counted(most, *, user_id):
        built.append((most, user_id is None))
        return User.objects.filter(id=user_id or 0)[:most]

    for most, user_id in ((1, 1), (1, 2), (2, 1), (1, None), (1, 3)):
        counted(most, user_id=user_id)

    assert built == [(1, False), (2, False), (1, True)]


def test_several_take_one_round_trip():
    ana = make_user("ana")
    post = make_post(ana, photos=0)

    with sql.pipeline():
        users, posts = _named.later(username="ana", viewer_id=None), _posts.later(5, author_id=ana.id)

    assert (users(), posts()) == ([ana], [post])


def test_the_log_of_queries_has_statements_that_run(django_assert_num_queries):
    ana = make_user("ana")
    with django_assert_num_queries(1) as told:
        _among(ids=[ana.id])

    with connection.cursor() as cursor:
        cursor.execute(told.captured_queries[0]["sql"])
        assert cursor.rowcount == 1


@pytest.mark.django_db(transaction=True)
def test_threads_that_come_at_once_each_get_their_own():
    people = make_users(*(f"user{number}" for number in range(8)))

    @prepared
    def fresh(*, user_id):
        return User.objects.filter(id=user_id).values_list("username")

    def ask(user):
        try:
            return fresh(user_id=user.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, people)) == [[(user.username,)] for user in people]
