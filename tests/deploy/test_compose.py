"""The compose file and the image that operators copy: by the schema of their specification, and by each other."""

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from django.conf import settings

from core.env import Environment
from project import server
from tests.support.stack import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "photophore"}
STOP = {
    name: int(service["stop_grace_period"][:-1]) for name, service in SERVICES.items() if "stop_grace_period" in service
}


def test_the_compose_file_keeps_to_its_schema():
    check = ("-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")

    checked = subprocess.run([sys.executable, *check], capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


def test_the_compose_file_holds_no_secret():
    named = {key for service in SERVICES.values() for key in service.get("environment", ())}

    assert {
        key for key in named if re.search("KEY|PASSWORD|TOKEN|DATABASE_URL", key) and not key.endswith("_FILE")
    } == set()
    assert {secret["file"].split("/")[1] for secret in COMPOSE["secrets"].values()} == {"secrets"}


def test_the_compose_file_sets_what_the_application_reads():
    known = {field.alias for field in Environment.model_fields.values()}
    told = {key.removesuffix("_FILE") for service in OURS.values() for key in service["environment"]}

    assert told - known == set()


def test_whatever_is_waited_for_as_healthy_says_whether_it_is():
    waited = {
        name
        for service in SERVICES.values()
        for name, wait in service.get("depends_on", {}).items()
        if wait["condition"] == "service_healthy"
    }

    assert waited == {"postgres", "bus", "broker"}
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"release", "beat"}


def test_nginx_finds_the_web_processes_where_its_configuration_names_them():
    asked = set(re.findall(r"^    server 127\.0\.0\.1:(\d+)", (DEPLOY / "nginx.conf").read_text(), re.MULTILINE))
    web = {name: service for name, service in OURS.items() if service.get("network_mode") == "service:nginx"}
    probed = {re.search(r":(\d+)/readyz", service["healthcheck"]["test"][-1])[1] for service in web.values()}
    served = {service["command"][-1] for service in web.values() if "project.server" in service["command"]}

    assert (asked, served) == (probed, probed - {"8000"})


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("sockets-1", settings.DRAIN_NOTICE_SECONDS + settings.DRAIN_SECONDS + server.GRACEFUL_SECONDS),
        ("sockets-2", settings.DRAIN_NOTICE_SECONDS + settings.DRAIN_SECONDS + server.GRACEFUL_SECONDS),
        ("http", server.GRACEFUL_SECONDS),
        ("live", settings.CELERY_TASK_TIME_LIMIT),
        ("media", settings.CELERY_TASK_TIME_LIMIT),
    ],
)
def test_compose_waits_longer_than_an_end_in_order_takes(name, seconds):
    assert STOP[name] > seconds


def test_our_containers_can_do_no_more_than_they_must():
    walls = {(service["read_only"], *service["cap_drop"], *service["security_opt"]) for service in OURS.values()}

    assert walls == {(True, "ALL", "no-new-privileges:true")}


def test_the_image_holds_every_app_and_nothing_that_is_not_there():
    lines = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    held = {line[1:] for line in lines if line.startswith("!")}
    apps = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]

    assert held - {"frontend", "locale", "asgi.py", "manage.py", "requirements.txt"} == set(apps)
    assert [name for name in held if not (ROOT / name).exists()] == []


def test_the_image_runs_as_nobody_of_importance():
    text = (DEPLOY / "Containerfile").read_text()

    assert (re.findall(r"^USER (.*)$", text, re.MULTILINE), "--require-hashes" in text) == (["10001:10001"], True)
