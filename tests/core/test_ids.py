"""Ids made by PostgreSQL."""

from datetime import timedelta

import pytest
from django.db import connection

from core import clock
from core.ids import created_at

pytestmark = pytest.mark.django_db


def make_ids(count, *, shard=None):
    with connection.cursor() as cursor:
        if shard is not None:
            cursor.execute("SELECT set_config('photophore.shard', %s, true)", [str(shard)])
        cursor.execute("SELECT photophore_id() FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def test_ids_are_unique():
    assert len(set(make_ids(1000))) == 1000


def test_created_at_is_now():
    assert abs(created_at(make_ids(1)[0]) - clock.now()) < timedelta(seconds=5)


def test_ids_hold_their_shard():
    (made,) = make_ids(1, shard=5)

    assert (made >> 10) & 8191 == 5


def test_ids_are_positive_and_fit_64_bits():
    assert all(0 < made < 2**63 for made in make_ids(10))
