"""The units that operators copy: systemd understands them, and they wait for as long as what they run may take."""

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from project import server
from tests.support import debian
from tests.support.stack import ROOT

UNITS = sorted((ROOT / "deploy/systemd").iterdir())
NAMES = [unit.name for unit in UNITS]
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]


def read(unit):
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str
    parser.read(unit)
    return parser


@pytest.fixture(scope="module")
def systemd():
    """The folder under which systemd's own programs and units are."""
    return debian.root("systemd", "usr/bin/systemd-analyze")


@pytest.fixture
def analyze(systemd, tmp_path):
    """Run systemd-analyze on copies of the units, with our own paths in them."""
    for unit in UNITS:
        text = unit.read_text().replace("/srv/photophore/app/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / unit.name).write_text(text.replace("/srv/photophore/app", str(ROOT)))
    libraries = [str(folder) for folder in systemd.glob("usr/lib/*-linux-gnu*/**/") if systemd != Path("/")]
    found = os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:{systemd}/lib/systemd/system:"}
    found |= {"LD_LIBRARY_PATH": ":".join(libraries)} if libraries else {}

    def run(*argv):
        program = systemd / "usr/bin/systemd-analyze"
        return subprocess.run([program, *argv], cwd=tmp_path, env=found, capture_output=True, text=True, check=False)

    return run


def test_systemd_finds_no_fault_in_the_units(analyze):
    verified = analyze("verify", "--man=no", *[f"./{name}" for name in NAMES])

    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_can_do_no_more_than_it_must(unit, analyze):
    judged = analyze("security", "--offline=yes", "--threshold=25", unit.name)

    assert judged.returncode == 0, judged.stdout


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("photophore-sockets@", settings.DRAIN_NOTICE_SECONDS + settings.DRAIN_SECONDS + server.GRACEFUL_SECONDS),
        ("photophore-http", server.GRACEFUL_SECONDS),
        ("photophore-live@", settings.CELERY_TASK_TIME_LIMIT),
        ("photophore-media@", settings.CELERY_TASK_TIME_LIMIT),
    ],
)
def test_systemd_waits_longer_than_an_end_in_order_takes(name, seconds):
    unit = read(ROOT / "deploy/systemd" / f"{name}.service")

    assert unit.getint("Service", "TimeoutStopSec") > seconds


@pytest.mark.parametrize("name", ["http", "sockets@", "media@"])
def test_a_unit_that_runs_ffmpeg_lets_it_be_locked_up(name):
    allowed = read(ROOT / "deploy/systemd" / f"photophore-{name}.service")["Service"]["SystemCallFilter"].split()

    assert {"seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"} - set(allowed) == set()
