"""Frames: what is read, what is refused, and what goes out byte for byte."""

import json

import pytest

from realtime import protocol
from realtime.protocol import Cursor, Hello, Subscribe, View


def test_hello_carries_cursor_and_topics():
    command = protocol.decode('{"t":"hello","cursor":{"epoch":"k3","seq":8},"topics":["post:1"]}')

    assert command == Hello(cursor=Cursor("k3", 8), topics=["post:1"])


def test_unknown_fields_are_ignored():
    assert protocol.decode('{"t":"sub","id":1,"topics":[],"later":true}') == Subscribe(topics=[], id=1)


def test_view_reads_the_word_del():
    assert protocol.decode('{"t":"view","add":["1"],"del":["2"]}') == View(add=["1"], del_=["2"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"t":"dance"}', protocol.Error.UNKNOWN_TYPE),
        ("{}", protocol.Error.BAD_REQUEST),
        ("[]", protocol.Error.BAD_REQUEST),
        ("hello", protocol.Error.BAD_REQUEST),
        ('{"t":7}', protocol.Error.BAD_REQUEST),
        ('{"t":"sub"}', protocol.Error.BAD_REQUEST),
        ('{"t":"resume","epoch":"k","seq":"1"}', protocol.Error.BAD_REQUEST),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_code(text, code):
    with pytest.raises(protocol.BadFrame) as refused:
        protocol.decode(text)

    assert refused.value.code == code


def test_a_replayed_frame_is_the_kept_one_with_a_mark():
    kept = '{"t":"ev","seq":1,"d":{"r":0}}'

    assert json.loads(protocol.replayed(kept)) == json.loads(kept) | {"r": 1}


def test_counters_join_members_into_one_frame():
    members = [protocol.counter(5, 3, 2, 1), protocol.counter(6, 1, 0, 0)]

    assert json.loads(protocol.counters(members)) == {"t": "cnt", "d": {"5": [3, 2, 1], "6": [1, 0, 0]}}
