"""The proof: a site under load is backed up, restored on another machine, and is there, whole and well."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from core.env import ROOT
from project.up import ports
from tests.support.services import reachable

pytestmark = pytest.mark.slow

OURS = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "SECRET_KEY", "PHOTOPHORE_RATE_LIMITS")
LOAD_SECONDS = 5  # before the backup begins
STILL = ("accounts_user", "content_post", "content_media", "content_like", "content_comment", "accounts_follow")


class Machine:
    """A data folder with everything of its own, and the commands of an operator."""

    def __init__(self, folder):
        folder.mkdir()
        self.data = folder
        self.port = ports.choose()
        base = {name: value for name, value in os.environ.items() if name not in OURS}
        self.env = base | {
            "PHOTOPHORE_DATA": str(folder), "PHOTOPHORE_ORIGIN": f"http://127.0.0.1:{self.port}",
        }  # fmt: skip

    def up(self, *options):
        """Start everything, and wait until it is ready."""
        self.runner = self._start("up", "--port", str(self.port), *options, stderr=subprocess.STDOUT)
        said = []
        for line in self.runner.stdout:
            said.append(line)
            if line.startswith("ready "):
                return self
        pytest.fail("".join(said))

    def down(self):
        self.runner.send_signal(signal.SIGTERM)
        self.runner.communicate()

    def run(self, *arguments):
        """Run a command; answer its exit code and what it printed, or what went wrong."""
        process = self._start(*arguments, stderr=subprocess.PIPE)
        out, err = process.communicate()
        return process.returncode, out or err

    def simulate(self):
        return self._start("simulate", "--users", "50", "--rate", "20", stderr=subprocess.DEVNULL)

    def counts(self):
        lines = (self.data / "secrets.env").read_text().splitlines()
        url = next(line.partition("=")[2] for line in lines if line.startswith("DATABASE_URL="))
        with psycopg.connect(url) as there:
            return {table: there.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in STILL}

    def _start(self, *arguments, stderr):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=stderr, text=True)


@pytest.fixture
def machines():
    """A folder with room for two."""
    folder = reachable()
    yield folder
    shutil.rmtree(folder)


@pytest.mark.timeout(600)
def test_a_site_under_load_is_backed_up_and_restored_elsewhere_whole_and_well(machines):
    old, new = Machine(machines / "old"), Machine(machines / "new")
    old.up()
    crowd = old.simulate()
    time.sleep(LOAD_SECONDS)
    path = machines / "backup.tar"

    before = old.counts()
    backed_up, said = old.run("backup", "--to", str(path), "--json")
    after = old.counts()
    crowd.send_signal(signal.SIGINT)
    crowd.communicate()
    old.down()

    made = json.loads(said)
    assert (backed_up, made["missing"], made["secrets"]) == (0, 0, True)
    assert sum(after.values()) > sum(before.values())  # people went on meanwhile
    verified, said = new.run("restore", "--verify", str(path))
    assert (verified, said) == (0, f"Good: {made['rows']} rows and {made['files']} files are all there.\n")
    restored, said = new.run("restore", str(path), "--json")
    assert (restored, json.loads(said)["good"], json.loads(said)["files"]) == (0, True, made["files"])
    new.up("--no-demo")
    try:
        counts = new.counts()
        time.sleep(2)  # for every process to report, and for what waited in the outbox
        code, findings = new.run("doctor", "--json")
    finally:
        new.down()
    told = manifest_of(path)["counts"]
    assert counts == {table: told[f"public.{table}"] for table in STILL}
    assert (code, [one for one in json.loads(findings) if one["state"] == "fail"]) == (0, [])


def manifest_of(path):
    out = subprocess.run(["tar", "-xOf", str(path), "manifest.json"], capture_output=True, check=True).stdout
    return json.loads(out)
