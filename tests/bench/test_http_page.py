"""The gates of HTTP: an answer that is no success makes its row void, and what is void is not kept."""

import pytest

from bench import http_page
from bench.http_subjects import LIMIT, OURS, STOCK, WSGI

RATES = {OURS: 900.0, STOCK: 100.0, WSGI: 300.0, LIMIT: 1_000.0}


@pytest.fixture
def result():
    """One write, on which everything is kept."""
    columns = [*http_page.COLUMNS.values()]
    rows = [
        {"route": "like", "kind": "write", "subject": subject, "failed": 0, "why": ""}
        | {column: [rate] for column in columns}
        | {"rate": [rate], "paced_p99": [1.0]}
        for subject, rate in RATES.items()
    ]
    sizes = {"people": 1, "viewers": 1, "seconds": 1.0, "most_seconds": 1.0, "turns": 1}
    return {"rows": rows, "statements": {"like": {"first": 3.0, "again": 3.0}}, **sizes}


def kept(result):
    return [gate.kept for gate in http_page.gates(result)]


def test_a_route_that_is_fast_enough_keeps_every_gate(result):
    assert kept(result) == [True] * 5


def test_a_route_that_is_slow_misses_what_it_is_slow_beside(result):
    result["rows"][0]["rate"] = [500.0]

    assert kept(result) == [False, True, False, True, True]


def test_a_late_hundredth_misses_its_gate(result):
    result["rows"][0]["paced_p99"] = [1.1]

    assert kept(result) == [True, True, True, False, True]


def test_a_failure_of_ours_makes_everything_void(result):
    result["rows"][0]["failed"] = 1

    assert kept(result) == [False] * 5
    assert "**1: void**" in http_page.section(result)
