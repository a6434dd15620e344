"""A deploy under load: one web process after the other is replaced, on the one port that they share."""

import random
import signal
import threading

import pytest
from django.db import connection, transaction

from accounts.actions import make_token
from realtime import bus, log
from realtime.log import Told
from tests.support.build import make_user
from tests.support.stack import Stack
from tests.support.viewer import Crowd, Viewer

PEOPLE = 30
PAUSE_SECONDS = 0.02
WINDOW_SECONDS = "6"


class Load:
    """A thread that does what the drain does: events for one person after another, appended and published."""

    def __init__(self, users):
        self.told = dict.fromkeys([user.id for user in users], 0)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()

    def _run(self):
        while not self._ending.wait(PAUSE_SECONDS):
            user_id = random.choice(list(self.told))
            with transaction.atomic():
                numbered = log.append([Told(user_id, "test", {})])
            bus.publish([bus.of_event(one) for one in numbered])
            self.told[user_id] += 1
        connection.close()


@pytest.fixture
def stack(transactional_db):
    stack = Stack(
        web=2, workers=0, media=False, shared_port=True, prefix="rolling-",
        env={"PHOTOPHORE_DRAIN_SECONDS": WINDOW_SECONDS}, graceful_seconds=5,
    )  # fmt: skip
    yield stack.start()
    stack.close()


def test_a_rolling_restart_under_load_loses_nothing(stack):
    users = [make_user(f"user{n}") for n in range(PEOPLE)]
    tokens = {user.id: make_token(user_id=user.id, name="test") for user in users}
    viewers = {
        user.id: Viewer(user.username, [stack.url], headers={"Authorization": f"Bearer {tokens[user.id]}"}, user=user)
        for user in users
    }
    codes = []

    with Crowd() as crowd:
        crowd.join(*viewers.values())
        crowd.all_live()
        crowd.until(lambda: all(viewer.entries("snapshot") for viewer in viewers.values()))
        with Load(users) as load:
            for web in stack.webs:
                web.tell(signal.SIGTERM)
                codes.append(web.code())
                web.start().wait()
        crowd.until(lambda: all(viewer.log.seq == load.told[user_id] for user_id, viewer in viewers.items()))

        shown = {user_id: [entry.detail["seq"] for entry in one.entries("shown")] for user_id, one in viewers.items()}
        closes = {code for viewer in viewers.values() for code in viewer.close_codes}
        resyncs = [entry for viewer in viewers.values() for entry in viewer.entries("resync")]

    assert codes == [0, 0]
    assert shown == {user_id: list(range(1, count + 1)) for user_id, count in load.told.items()}
    assert (closes, resyncs) == ({4001}, [])
