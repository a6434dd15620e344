"""What Prometheus and Grafana are given, asked of Prometheus' own tool. Names of metrics are checked in tests/ops."""

import json
import re
import shutil
import subprocess

import pytest
import yaml

from tests.support import debian
from tests.support.stack import ROOT

PROMETHEUS = ROOT / "deploy/prometheus"


@pytest.fixture(scope="module")
def promtool():
    """Run it in our folder; answer what it says if it finds a fault."""
    program = shutil.which("promtool") or debian.root("prometheus", "usr/bin/promtool") / "usr/bin/promtool"

    def run(*argv, cwd=PROMETHEUS):
        done = subprocess.run([program, *argv], cwd=cwd, capture_output=True, text=True, check=False)
        return "" if done.returncode == 0 else done.stdout + done.stderr

    return run


def test_prometheus_understands_its_configuration(promtool):
    assert promtool("check", "config", "--syntax-only", "prometheus.yml") == ""


def test_prometheus_understands_the_alerts(promtool):
    assert promtool("check", "rules", "--lint-fatal", "alerts.yml") == ""


def test_each_alert_fires_when_it_must_and_only_then(promtool):
    assert promtool("test", "rules", "alerts.test.yml") == ""


def test_no_alert_is_left_out_of_their_test():
    written, tested = ((PROMETHEUS / name).read_text() for name in ("alerts.yml", "alerts.test.yml"))

    assert set(re.findall(r'alertname="(\w+)"', tested)) == set(re.findall(r"alert: (\w+)", written))


def test_prometheus_understands_what_the_dashboard_asks(promtool, tmp_path):
    dashboard = json.loads((ROOT / "deploy/grafana/photophore.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    rules = [
        {"record": f"asked:{number}", "expr": expr.replace("$__rate_interval", "5m")}
        for number, expr in enumerate(asked)
    ]
    (tmp_path / "asked.yml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))

    assert promtool("check", "rules", "asked.yml", cwd=tmp_path) == ""
