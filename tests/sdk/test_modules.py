"""The client's modules under Node, each file of tests as one."""

import pytest

from tests.sdk.node import HERE, run


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("*.test.js")))
def test_module(file):
    run("--test", HERE / file)
