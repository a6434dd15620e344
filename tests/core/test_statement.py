"""Statements written around what Django compiles."""

import pytest

from accounts.models import User
from core.statement import Statement
from tests.support.build import make_user, make_users

pytestmark = pytest.mark.django_db


def named(username: str):
    return User.objects.filter(username=username, name__startswith="100%").values_list("id", "name")


def test_values_go_into_the_part_and_the_text():
    ana, ben = make_user("ana", name="100% Ana"), make_user("ben", name="100% Ben")
    statement = Statement("SELECT id, %(more)s::bigint FROM ({person}) AS person", person=named)

    rows = [statement(username=name, more=more) for name, more in (("ana", 1), ("ben", 2), ("chloe", 3))]

    assert rows == [[(ana.id, 1)], [(ben.id, 2)], []]


def test_a_part_is_compiled_once():
    compiled = []

    def one(person: int):
        compiled.append(person)
        return User.objects.filter(pk=person).values_list("username")

    ana, ben = make_users("ana", "ben")
    statement = Statement("{person}", person=one)

    assert [statement(person=someone.id) for someone in (ana, ben)] == [[("ana",)], [("ben",)]]
    assert len(compiled) == 1


def test_two_parts_share_a_value():
    ana = make_user("ana")

    def by_id(person: int):
        return User.objects.filter(pk=person).values_list("username")

    def others(person: int):
        return User.objects.exclude(pk=person).values_list("username")

    statement = Statement("SELECT ({one}), EXISTS ({others})", one=by_id, others=others)

    assert statement(person=ana.id) == [("ana", False)]
