"""Reading PostgreSQL's log: statements with their values, and which of them belong to requests."""

import psycopg

from bench import statements
from bench.statements import Log, Statement
from tests.support import services

TEXT = """\
LOG:  statement: BEGIN
LOG:  execute _pg3_0: SELECT id
\tFROM content_post
\t
\tWHERE id = $1 AND caption = $2
DETAIL:  Parameters: $1 = '7', $2 = 'ana''s, $1 = ''x'''
LOG:  execute <unnamed>: INSERT INTO content_like VALUES ($1)
DETAIL:  Parameters: $1 = NULL
LOG:  checkpoint starting: time
ERROR:  relation "nothing" does not exist
STATEMENT:  SELECT 1 FROM nothing
"""


def test_a_log_is_read_with_lines_quotes_and_nulls():
    assert statements.read(TEXT) == [
        Statement("BEGIN"),
        Statement("SELECT id\nFROM content_post\n\nWHERE id = $1 AND caption = $2", ["7", "ana's, $1 = 'x'"]),
        Statement("INSERT INTO content_like VALUES ($1)", [None]),
    ]


def test_statements_of_few_requests_are_the_process_s_own():
    post, other = Statement("SELECT 1 WHERE id IN (1, 2)"), Statement("SELECT 1 WHERE id IN (3)")
    own = Statement("SELECT * FROM maintenance")

    assert statements.of_requests([[post], [own, other], [post]]) == [[post], [other], [post]]


def test_what_postgresql_is_asked_is_in_its_log(transactional_db):
    postgres = services.running().postgres
    with statements.telling(postgres.url), psycopg.connect(postgres.url, autocommit=True) as connection:
        log = Log(postgres.log)
        connection.execute("SELECT %s::text", ["it's"])
        connection.execute("SELECT\n 1")

        assert log.take() == [Statement("SELECT $1::text", ["it's"]), Statement("SELECT\n 1")]
        assert log.take() == []
