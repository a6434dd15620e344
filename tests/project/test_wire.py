"""The protocol in words: nothing without words, no words about nothing."""

import re

import pytest

from core.env import ROOT
from project.routing import DOMAIN
from project.templatetags.wire import inline
from project.wire import page, vocabulary
from realtime import protocol

SAID_OF_THE_BUS = "live"


def tags(types):
    return {struct.__struct_config__.tag for struct in types}


def test_every_error_has_words():
    assert vocabulary.ERRORS.keys() == {code.name for code in protocol.Error}


def test_every_close_code_has_words():
    assert vocabulary.CLOSES.keys() == {code.name for code in protocol.Close}


def test_every_limit_has_words():
    assert vocabulary.LIMITS.keys() == protocol.LIMITS.keys()


def test_every_command_has_an_example():
    assert vocabulary.COMMAND_EXAMPLES.keys() == tags(protocol.COMMANDS)


def test_every_frame_has_an_example():
    assert vocabulary.FRAME_EXAMPLES.keys() == tags(protocol.FRAMES)


def test_every_kind_of_topic_has_words():
    written = {name.partition(":")[0] for name in vocabulary.TOPICS} - {SAID_OF_THE_BUS}

    assert written >= DOMAIN.rules.keys()


def test_every_durable_kind_has_words():
    """Whatever any floor tells durably, by the constructor that all of them use."""
    told = re.compile(r'Told\(\s*[^,()]+,\s*"([a-z.]+)"')
    files = [
        path for floor in ("project", "notifications", "content", "accounts") for path in ROOT.glob(f"{floor}/**/*.py")
    ]
    kinds = {kind for path in files for kind in told.findall(path.read_text())} - {"control"}

    assert vocabulary.KINDS.keys() >= kinds


@pytest.mark.parametrize("code", protocol.Close)
def test_the_advice_is_that_of_the_band(code):
    words = {40: "reconnects at once", 41: "backs off", 44: "stops"}[code // 100]

    assert vocabulary.CLOSES[code.name].client.startswith(words)


def test_sections_have_names_of_their_own():
    slugs = [section.slug for section in page.sections()]

    assert sorted(set(slugs)) == sorted(slugs)


def test_a_table_has_a_cell_for_each_column():
    tables = [section.table for section in page.sections() if section.table]

    assert {len(row) - len(table.head) for table in tables for row in table.rows} == {0}


def test_inline_marks_code_and_strong_words_and_nothing_else():
    assert inline("**a** `<b>` & <i>") == "<b>a</b> <code>&lt;b&gt;</code> &amp; &lt;i&gt;"
