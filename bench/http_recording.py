"""What each route asks PostgreSQL and answers, written down once for the limit, which does just that."""

import http.client
import json
import time
from pathlib import Path
from typing import Any

from bench import statements
from bench.asking import Ask
from bench.http_world import Route
from bench.statements import Log, Statement
from tests.support.services import Service

PAUSE_SECONDS = 2.0  # before each route: what a process keeps of somebody for seconds is not what we write down
AGAIN = 16  # requests that are asked a second time at once
OF_THE_CONNECTION = ("date", "server", "connection", "keep-alive", "transfer-encoding")


def record(postgres: Service, port: int, routes: list[Route], file: Path) -> dict[str, dict[str, float]]:
    """Ask every request of every route once, one after the other; answer how many statements that took on average.

    `first` is what somebody takes who has not asked for a while, and what the limit does; `again` is right after it.
    """
    kept: list[dict[str, Any]] = []
    counts: dict[str, dict[str, float]] = {}
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with statements.telling(postgres.url):
        log = Log(postgres.log)
        for route in routes:
            time.sleep(PAUSE_SECONDS)
            first = _asked(client, log, route.asks)
            again = _asked(client, log, route.asks[:AGAIN])
            kept += [answer | {"statements": asked} for answer, asked in first]
            counts[route.name] = {"first": _average(first), "again": _average(again)}
    client.close()
    file.write_text(json.dumps(kept))
    return counts


def _asked(
    client: http.client.HTTPConnection, log: Log, asks: list[Ask]
) -> list[tuple[dict[str, Any], list[Statement]]]:
    answers, told = [], []
    log.take()
    for ask in asks:
        answers.append(_answer(client, ask))
        told.append(log.take())
    return list(zip(answers, statements.of_requests(told), strict=True))


def _answer(client: http.client.HTTPConnection, ask: Ask) -> dict[str, Any]:
    client.request(ask.method, ask.path, body=ask.body or None, headers=dict(ask.headers))
    answer = client.getresponse()
    body = answer.read().decode()
    if answer.status // 100 != 2:
        raise RuntimeError(f"{ask.method} {ask.path} answers {answer.status}: {body[:500]}")
    headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in OF_THE_CONNECTION]
    return {"key": ask.key(), "status": answer.status, "headers": headers, "body": body}


def _average(asked: list[tuple[dict[str, Any], list[Statement]]]) -> float:
    return sum(len(some) for _, some in asked) / len(asked)
