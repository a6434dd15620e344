"""The data folder: its lock and its secrets."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from project.up.folder import Folder
from project.up.process import StartError

ROOT = Path(__file__).resolve().parents[2]
HOLDS = """
import sys, time
from pathlib import Path
from project.up.folder import Folder
from project.up.watchdog import Watchdog
folder = Folder(Path(sys.argv[1]), say=print)
dog = Watchdog(keep_open=(folder.lock,))
print("mine", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that has the folder."""
    command = [sys.executable, "-c", HOLDS, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "mine\n"
        yield process
        process.kill()


@pytest.fixture
def folder(tmp_path):
    folder = Folder(tmp_path / "data", say=print)
    yield folder
    os.close(folder.lock)


def test_a_folder_in_use_is_refused_in_words(holder, tmp_path):
    with pytest.raises(StartError) as told:
        Folder(tmp_path, say=print)

    assert str(told.value) == (
        f"Photophore already runs on {tmp_path} (process {holder.pid}). "
        "Stop it first, or choose another folder with PHOTOPHORE_DATA=… and another PORT=…"
    )


def test_a_folder_whose_runner_was_killed_is_free_when_its_watchdog_is_done(holder, tmp_path):
    holder.kill()
    holder.wait()

    folder = Folder(tmp_path, say=print)

    assert (tmp_path / "up.lock").read_text() == f"{os.getpid()}\n"
    os.close(folder.lock)


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StartError) as told:
        Folder(tmp_path / "file" / "data", say=print)

    assert str(told.value) == (
        f"The data folder cannot be used: [Errno 20] Not a directory: '{tmp_path}/file/data'. "
        "Choose another: PHOTOPHORE_DATA=…"
    )


def test_secrets_are_kept_beside_those_kept_before(folder):
    folder.keep({"SECRET_KEY": "a=b", "REDIS_URL": "redis://one"})
    folder.keep({"REDIS_URL": "redis://two"})

    assert folder.secrets() == {"SECRET_KEY": "a=b", "REDIS_URL": "redis://two"}


def test_secrets_are_readable_by_their_owner_alone(folder):
    folder.keep({"SECRET_KEY": "a"})

    assert stat.S_IMODE((folder.path / "secrets.env").stat().st_mode) == 0o600
