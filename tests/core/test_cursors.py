"""Keyset pages."""

import pytest

from core import cursors
from core.cursors import Page
from core.problems import Invalid


@pytest.mark.parametrize("row_id", [0, 1, 2**53 + 1, 2**63 - 1])
def test_decode_reads_what_encode_made(row_id):
    assert cursors.decode(cursors.encode(row_id)) == row_id


@pytest.mark.parametrize("cursor", [None, ""])
def test_decode_of_no_cursor_is_none(cursor):
    assert cursors.decode(cursor) is None


@pytest.mark.parametrize("cursor", ["x", "é", "AAAA", "__________8", "AAAAAAAAAAAAAAAA", "' OR 1=1"])
def test_decode_of_anything_else_is_refused(cursor):
    with pytest.raises(Invalid) as refusal:
        cursors.decode(cursor)

    assert refusal.value.field == "after"


@pytest.mark.parametrize(("asked", "given"), [(-1, 1), (0, 1), (20, 20), (1000, 50)])
def test_bounded(asked, given):
    assert cursors.bounded(asked) == given


def test_page_of_more_rows_names_the_last_shown():
    page = cursors.page_of([5, 4, 3], 2, key=lambda row: row, make=str)

    assert page == Page(["5", "4"], cursors.encode(4))


def test_page_of_the_last_rows_names_no_next():
    assert cursors.page_of([5, 4], 2, key=lambda row: row, make=str) == Page(["5", "4"], None)


def test_page_of_nothing():
    assert cursors.page_of([], 2, key=lambda row: row, make=str) == Page([], None)
