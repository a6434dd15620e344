"""Fixtures: the stack behind proxies, once a session, and for each scenario a town of its own."""

import logging

import pytest

from tests.faults.report import Report
from tests.faults.world import Lines, World

logging.getLogger("httpx").setLevel(logging.WARNING)  # thousands of requests are made


@pytest.fixture(scope="session")
def report(request):
    plugins = request.config.pluginmanager

    def say(line):
        if terminal := plugins.getplugin("terminalreporter"):  # one of several workers has none
            with plugins.getplugin("capturemanager").global_and_fixture_disabled():
                terminal.write_line(line)

    report = Report(say)
    yield report
    report.write()


@pytest.fixture(scope="package")
def _lines(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        lines = Lines()
    yield lines
    with django_db_blocker.unblock():
        lines.close()


@pytest.fixture
def elsewhere():
    """The environment of a stack whose services are not the usual ones; a test file may have its own."""
    return {}


@pytest.fixture
def world(_lines, report, control_log, elsewhere):
    """People with open pages, and everything whole at the start and at the end."""
    if elsewhere:
        _lines.restart_with(elsewhere)
    _lines.start()
    yield World(_lines, report)
    if elsewhere:
        _lines.restart_with({})
    _lines.start()
