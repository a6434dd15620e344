"""A line of the log, for people and for a collector."""

import json
import logging

import pytest

from core.logs import JsonFormatter, LineFormatter
from core.tracking import on_behalf_of


def record(message="not sent: %s", *args, exc_info=None):
    return logging.LogRecord("events.wake", logging.WARNING, "", 0, message, args or ("away",), exc_info)


def test_a_line_is_as_it_was_for_what_no_request_did():
    assert LineFormatter().format(record()) == "WARNING events.wake not sent: away"


def test_a_line_names_its_request():
    with on_behalf_of("abcd-1234"):
        assert LineFormatter().format(record()) == "WARNING events.wake not sent: away [abcd-1234]"


def test_an_object_names_its_request_its_node_and_its_logger():
    with on_behalf_of("abcd-1234"):
        fields = json.loads(JsonFormatter("web-1").format(record()))

    assert {name: fields[name] for name in fields.keys() - {"at", "pid"}} == {
        "level": "WARNING",
        "logger": "events.wake",
        "message": "not sent: away",
        "node": "web-1",
        "request": "abcd-1234",
    }


def test_an_object_has_no_request_where_nobody_asked():
    assert "request" not in json.loads(JsonFormatter("web-1").format(record()))


def test_a_forged_line_stays_within_its_object():
    line = JsonFormatter("web-1").format(record("name %s", "ben\nWARNING forged"))

    assert (line.count("\n"), json.loads(line)["message"]) == (0, "name ben\nWARNING forged")


def test_an_exception_stays_within_its_object():
    try:
        raise ValueError("broken")
    except ValueError as error:
        line = JsonFormatter("web-1").format(record(exc_info=(ValueError, error, error.__traceback__)))

    assert (line.count("\n"), json.loads(line)["exception"].splitlines()[-1]) == (0, "ValueError: broken")


@pytest.mark.parametrize("inner", ["", "efgh-5678"])
def test_a_request_is_the_innermost(inner):
    with on_behalf_of("abcd-1234"), on_behalf_of(inner):
        assert LineFormatter().format(record()).endswith(f" [{inner}]" if inner else "away")
