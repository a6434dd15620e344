"""libpq's pipeline mode: many prepared statements down one connection, then their answers. Knows no Django.

psycopg has a pipeline of its own, which this replaces on the hot paths for its price: eight small statements take
1.6 ms through it in a process that was idle, and 0.6 ms through here.
See https://www.postgresql.org/docs/current/libpq-pipeline-mode.html.
"""

import functools
import re
import select
from collections import deque
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from psycopg import errors, pq
from psycopg.adapt import Transformer

Row = tuple[Any, ...]
Connection = psycopg.Connection[Any]

_OK = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class _Kept(NamedTuple):
    """What outlives a pipeline: the connection's statements by name, as many as the code has, and how to wait."""

    names: dict[str, bytes]
    poll: "select.poll"


_kept: WeakKeyDictionary[Connection, _Kept] = WeakKeyDictionary()


def _kept_of(connection: Connection) -> _Kept:
    kept = _kept.get(connection)
    if kept is None:
        kept = _kept[connection] = _Kept({}, select.poll())
        kept.poll.register(connection.pgconn.socket, select.POLLIN)
    return kept


class Answer:
    """The rows of a statement that was sent; call it for them."""

    __slots__ = ("_line", "rows")

    def __init__(self, line: "Line") -> None:
        self._line = line
        self.rows: list[Row] | None = None

    def __call__(self) -> list[Row]:
        """Wait for the rows, once.

        Raises:
            psycopg.Error: if this statement failed, or one before it whose answer nobody has waited for.
        """
        if self.rows is None:
            self._line.read(self)
        assert self.rows is not None
        return self.rows


class _Sent(NamedTuple):
    """A message whose result is still to come: a statement, or (`answer` is None) its preparation."""

    query: str
    answer: Answer | None = None


class Line:
    """One connection in pipeline mode, from `open` to `close`. Used by one thread.

    Each statement is sent at once, so that PostgreSQL works on it while the next is made; with `holds` all wait for the
    first answer that is asked for, and go in one packet, which a few small ones cost less.
    """

    def __init__(self, connection: Connection, *, holds: bool = False) -> None:
        self._connection = connection
        self._holds = holds
        self._pg = connection.pgconn
        self._names, self._poll = _kept_of(connection)
        self._sent: deque[_Sent] = deque()
        self._begins = False  # whether the next statement has to begin a transaction
        self._asked = False  # whether PostgreSQL knows that it is to answer all that was sent

    @property
    def has_begun(self) -> bool:
        """Whether a statement was sent since `open`, or the transaction is older than that."""
        return not self._begins

    def open(self) -> None:
        """Enter pipeline mode."""
        self._begins = not self._connection.autocommit and self._pg.transaction_status == pq.TransactionStatus.IDLE
        self._pg.enter_pipeline_mode()

    def send(self, query: str, parameters: list[bytes | None]) -> Answer:
        """Send a statement, prepared at first sight; `%s` in it stands for a parameter, given as text."""
        if self._begins:
            self._begins = False
            self.send("BEGIN", [])
        name = self._names.get(query)
        if name is None:
            name = self._names[query] = b"photophore_%d" % len(self._names)
            self._pg.send_prepare(name, _numbered(query))
            self._sent.append(_Sent(query))
        self._pg.send_query_prepared(name, parameters)
        if not self._holds:
            self._pg.flush()  # what is not taken yet goes with the next
        answer = Answer(self)
        self._sent.append(_Sent(query, answer))
        self._asked = False
        return answer

    def read(self, answer: Answer) -> None:
        """Wait for an answer, and so for all before it."""
        if not self._asked:
            self._asked = True
            self._pg.send_flush_request()
            self._flush()
        while answer.rows is None:
            self._take()

    def close(self) -> None:
        """Wait for everything that was sent, and leave pipeline mode; the connection is then as any other.

        Raises:
            psycopg.Error: the first failure that nobody has heard of yet.
        """
        self._pg.pipeline_sync()
        self._flush()
        failure: psycopg.Error | None = None
        while self._sent:
            try:
                self._take()
            except psycopg.Error as error:
                failure = failure or error
        if self._pg.status == pq.ConnStatus.OK:
            self._result()  # of the sync
            self._pg.exit_pipeline_mode()
        if failure is not None:
            raise failure

    def _take(self) -> None:
        query, answer = self._sent.popleft()
        result = self._result()
        if result is None or result.status not in _OK:
            if answer is None:
                self._names.pop(query, None)
            raise self._error(result)
        self._result()  # there is no more of it
        if answer is not None:
            answer.rows = self._rows(result) if result.ntuples else []

    def _rows(self, result: "pq.abc.PGresult") -> list[Row]:
        transformer = Transformer(self._connection)
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)

    def _error(self, result: "pq.abc.PGresult | None") -> psycopg.Error:
        if result is None:
            return psycopg.OperationalError("the connection is lost")
        self._result()
        if result.status == pq.ExecStatus.PIPELINE_ABORTED:
            return errors.PipelineAborted("a statement before this one failed")
        return errors.error_from_result(result, encoding=self._connection.info.encoding)

    def _result(self) -> "pq.abc.PGresult | None":
        while self._pg.is_busy():
            self._poll.poll()
            self._pg.consume_input()
        return self._pg.get_result()

    def _flush(self) -> None:
        while self._pg.flush():  # PostgreSQL may wait for us to read before it takes more
            self._poll.modify(self._pg.socket, select.POLLIN | select.POLLOUT)
            self._poll.poll()
            self._poll.modify(self._pg.socket, select.POLLIN)
            self._pg.consume_input()


@functools.cache
def _numbered(query: str) -> bytes:
    """The statement as libpq wants it: `$1`, `$2` in place of `%s`, and `%` in place of `%%`."""
    number = 0

    def placed(found: re.Match[str]) -> str:
        nonlocal number
        if found[0] == "%%":
            return "%"
        number += 1
        return f"${number}"

    return re.sub("%[s%]", placed, query).encode()
