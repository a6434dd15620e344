"""Facts about marks, with a real Redis: a shard is marked once, and taken once, the oldest first."""

import pytest
import redis
from django.conf import settings

from events import marks, wake
from tests.support.wait import until


@pytest.fixture(autouse=True)
def own_marks(monkeypatch):
    """Keep away from the marks that the workers of other tests take."""
    monkeypatch.setattr(marks, "KEY", "test:marks")
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete("test:marks")
    yield client
    client.delete("test:marks")
    client.close()


def test_a_shard_marked_often_is_taken_once():
    for _ in range(3):
        marks.mark([5])

    assert [marks.take(0.01), marks.take(0.01)] == [5, None]


def test_the_shard_marked_first_is_taken_first():
    marks.mark([9])
    marks.mark([3])
    marks.mark([9])

    assert [marks.take(0.01), marks.take(0.01)] == [9, 3]


def test_a_wake_marks_its_shard(own_marks):
    wake.sender().wake(7)

    until(lambda: own_marks.zrange("test:marks", 0, -1) == [b"7"])
