"""The limit: a bare ASGI function that asks PostgreSQL what our routes ask, and answers what they answer. No framework.

ANSWERS names the file of what was recorded: by request the statements, in order, and the whole answer.
"""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from psycopg import AsyncRawCursor
from psycopg_pool import AsyncConnectionPool

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Kept:
    """One request's statements and its answer, as ASGI wants them."""

    def __init__(self, recorded: dict[str, Any]) -> None:
        self.statements = [(sql, values) for sql, values in recorded["statements"]]
        headers = [(name.encode(), value.encode()) for name, value in recorded["headers"]]
        self.start = {"type": "http.response.start", "status": recorded["status"], "headers": headers}
        self.body = {"type": "http.response.body", "body": recorded["body"].encode()}


def application() -> Callable[[dict[str, Any], Receive, Send], Awaitable[None]]:
    """Make the function, with a pool that opens with the first request."""
    answers = {one["key"]: Kept(one) for one in json.loads(Path(os.environ["ANSWERS"]).read_text())}
    pool = AsyncConnectionPool(
        os.environ["DATABASE_URL"],
        min_size=1,
        max_size=int(os.environ["POOL"]),
        open=False,
        kwargs={"autocommit": True, "cursor_factory": AsyncRawCursor, "options": os.environ["OPTIONS"]},
    )

    async def answer(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        kept = answers[key_of(scope)]
        if kept.statements:
            await ask(pool, kept.statements)
        await send(kept.start)
        await send(kept.body)

    return answer


async def ask(pool: AsyncConnectionPool, statements: list[tuple[str, list[str | None] | None]]) -> None:
    """Run statements one after the other, and read all rows; with values they are prepared, as the route prepares."""
    if pool.closed:
        await pool.open()
    async with pool.connection() as connection:
        cursor = connection.cursor()
        for sql, values in statements:
            await cursor.execute(sql, values, prepare=values is not None)
            if cursor.description:
                await cursor.fetchall()


def key_of(scope: dict[str, Any]) -> str:
    """What tells requests apart: method, address, and who asks."""
    who = next((value for name, value in scope["headers"] if name in (b"authorization", b"cookie")), b"")
    query = scope["query_string"]
    return f"{scope['method']} {scope['path']}{'?' if query else ''}{query.decode()} {who.decode()}"
