"""The pytest plugin that starts PostgreSQL and Valkey before Django's settings are read. Holds no fixture."""

import gc
import os
from collections.abc import Iterator
from unittest import mock

import pytest

from tests.support import services, workers


@pytest.hookimpl(wrapper=True, tryfirst=True)  # a wrapper comes before pytest-django, which reads the settings here
def pytest_load_initial_conftests(early_config) -> Iterator[None]:
    if workers.is_leader(early_config.known_args_namespace):
        with mock.patch.dict(os.environ, workers.UNUSED):
            return (yield)
    services.start()
    return (yield)


def pytest_xdist_make_scheduler(config, log):
    return workers.Scheduler(config, log)


def pytest_collection_finish() -> None:
    """Look for garbage among what tests make alone: what was imported is a million objects, and stays."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    services.stop()
