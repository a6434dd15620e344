"""The switch of a JIT: what it does where there is one, and that it says so and changes nothing where there is none."""

import importlib.util
import logging
import sys
import types

import httpx
import pytest

from core.env import environment
from project import jit
from project.doctor import machine
from project.doctor.findings import State
from tests.support.stack import Web, free_port

NONE = f"Python {'.'.join(map(str, sys.version_info[:3]))} has no JIT; nothing is changed."
HAS_NONE = importlib.util.find_spec("cinderx") is None and not hasattr(sys, "_jit")


@pytest.fixture
def wanted(monkeypatch):
    """The switch is on."""
    monkeypatch.setattr(environment(), "jit", True)


@pytest.fixture
def cinder(monkeypatch):
    """A package that is used as cinderx is, in its place: on most Pythons it cannot be installed."""
    told = []
    module = types.ModuleType("cinderx.jit")
    module.auto = lambda: told.append("auto")
    module.is_enabled = lambda: bool(told)
    monkeypatch.setitem(sys.modules, "cinderx", types.ModuleType("cinderx"))
    monkeypatch.setitem(sys.modules, "cinderx.jit", module)
    return told


def of_doctor():
    """What it says of the JIT."""
    return [(one.state, one.said, one.cure) for one in machine.packages() if one.part == "jit"]


def test_nobody_is_asked_where_nobody_wants_one(cinder):
    assert (jit.turn_on(), cinder, of_doctor()) == (None, [], [])


def test_cinder_s_is_turned_on_once(wanted, cinder):
    found = [jit.turn_on() for _ in range(2)]

    assert (found, cinder) == ([jit.Jit("cinderx", is_on=True)] * 2, ["auto"])
    assert of_doctor() == [(State.OK, "cinderx is on", "")]


def test_cinder_s_without_its_compiler_is_off(wanted, cinder, monkeypatch, caplog):
    monkeypatch.setattr(sys.modules["cinderx.jit"], "is_enabled", lambda: False)

    with caplog.at_level(logging.INFO, "uvicorn.error"):
        jit.begin()

    assert (jit.look().is_on, [record.levelname for record in caplog.records]) == (False, ["WARNING"])


@pytest.mark.parametrize(("enabled", "cure"), [(True, ""), (False, jit.START)])
def test_python_s_own_is_turned_on_by_its_start(wanted, monkeypatch, enabled, cure):
    monkeypatch.setitem(sys.modules, "cinderx", None)
    own = types.SimpleNamespace(is_available=lambda: True, is_enabled=lambda: enabled)
    monkeypatch.setattr(sys, "_jit", own, raising=False)

    assert jit.turn_on() == jit.Jit("CPython's", is_on=enabled, cure=cure)


@pytest.mark.skipif(not HAS_NONE, reason="this Python has one")
def test_a_python_without_one_is_said_to_have_none(wanted):
    assert (jit.turn_on(), of_doctor()) == (
        jit.Jit("", is_on=False, cure=jit.INSTALL), [(State.WARN, NONE, jit.INSTALL)],
    )  # fmt: skip


@pytest.mark.skipif(not HAS_NONE, reason="this Python has one")
def test_a_process_without_one_says_so_and_serves(transactional_db):
    web = Web("jit", free_port(), env={"PHOTOPHORE_JIT": "true"})
    web.start().wait()
    status = httpx.get(f"{web.url}/healthz").status_code
    said = NONE in web.output()
    web.kill()

    assert (status, said) == (200, True)


@pytest.mark.skipif(HAS_NONE, reason="this Python has none")
def test_the_real_one_is_turned_on(wanted):
    assert jit.turn_on().name in ("cinderx", "CPython's")
