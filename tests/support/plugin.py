"""The pytest plugin that starts PostgreSQL and Valkey before Django's settings are read. Holds no fixture."""

from collections.abc import Iterator

import pytest

from tests.support import services


@pytest.hookimpl(wrapper=True, tryfirst=True)  # a wrapper comes before pytest-django, which reads the settings here
def pytest_load_initial_conftests() -> Iterator[None]:
    services.start()
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    services.stop()
