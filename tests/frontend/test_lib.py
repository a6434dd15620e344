"""The plain modules of the pages under Node, each file of tests as one."""

from pathlib import Path

import pytest

from tests.sdk.node import run

HERE = Path(__file__).parent / "lib"


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("*.test.js")))
def test_module(file):
    run("--test", HERE / file)
