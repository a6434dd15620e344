"""Fixtures: a web process that is watched, and a person whom it knows."""

import contextlib
import os
from pathlib import Path

import pytest

from accounts.actions import make_token
from project import static
from tests.endurance.process import Watched
from tests.support.build import make_user

TIMEOUT_SECONDS = 3_600 if "ENDURANCE_REQUESTS" in os.environ else 600  # a million take ten minutes


def pytest_collection_modifyitems(items):
    """Each of them takes minutes: `make endurance` runs them."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(TIMEOUT_SECONDS))


TOLD = []


def pytest_terminal_summary(terminalreporter):
    for line in TOLD:
        terminalreporter.write_line(line)


@pytest.fixture
def say():
    """Say a number at the end of the run."""
    return TOLD.append


@pytest.fixture
def serve(transactional_db):
    """Start a watched web process, with settings of its own."""
    with contextlib.ExitStack() as running:

        def serve(**env):
            static.collect()
            web = Watched(env=env)
            running.callback(web.kill)
            return web.start().wait()

        yield serve


@pytest.fixture
def token(transactional_db):
    return make_token(user_id=make_user("ana").id, name="test")
