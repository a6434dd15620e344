"""The manifests that operators copy: Kubernetes' own schemas accept them, and their parts and numbers fit together."""

import functools
import itertools

import kubernetes_validate
import pytest
import yaml
from django.conf import settings

from core.env import Environment
from project import server
from project.routing import WAITING
from tests.support.stack import ROOT

FOLDER = ROOT / "deploy/kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
VERSIONS = ("1.34", "1.37")  # the oldest and the newest that we know of
PRE_STOP_SECONDS = 5


@functools.cache
def resources():
    return [one for name in KUSTOMIZATION["resources"] for one in yaml.safe_load_all((FOLDER / name).read_text())]


def of(kind):
    """All resources of a kind, by name."""
    return {one["metadata"]["name"]: one for one in resources() if one["kind"] == kind}


def pod(name):
    return of("Deployment")[name]["spec"]["template"]["spec"]


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_accepts_each_manifest(version):
    for one in resources():
        kubernetes_validate.validate(one, version, strict=True)


def test_a_manifest_with_a_wrong_word_is_not_accepted():
    wrong = of("Service")["http"] | {"spce": {}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_every_file_is_applied_or_is_the_adapters():
    files = {path.name for path in FOLDER.iterdir()}

    assert files == {*KUSTOMIZATION["resources"], "kustomization.yaml", "adapter.yaml"}


def test_what_names_another_resource_names_one_that_there_is():
    deployments, services = of("Deployment"), of("Service")
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in of("HorizontalPodAutoscaler").values()}
    selected = {one["spec"]["selector"]["part"] for one in services.values()}
    kept = {one["spec"]["selector"]["matchLabels"]["part"] for one in of("PodDisruptionBudget").values()}
    asked = {path["backend"]["service"]["name"] for path in paths()}

    assert scaled == selected == asked == {"http", "sockets"}
    assert kept == deployments.keys() - {"beat"}
    assert {one["spec"]["template"]["metadata"]["labels"]["part"] for one in deployments.values()} == set(deployments)


def paths():
    return of("Ingress")["photophore"]["spec"]["rules"][0]["http"]["paths"]


def test_the_way_in_sends_what_may_wait_to_the_socket_tier():
    waiting = ["/rt", *WAITING]

    assert {tier(path) for path in waiting} == {"sockets"}
    assert {tier(path) for path in ("/", "/api/v1/feed", "/rtx")} == {"http"}


def tier(asked):
    """The service that is asked for a path: the longest rule that fits, by whole parts of the path."""
    fitting = [
        (len(rule["path"]), rule["backend"]["service"]["name"])
        for rule in paths()
        if asked == rule["path"] or (rule["pathType"] == "Prefix" and asked.startswith(rule["path"].rstrip("/") + "/"))
    ]
    return max(fitting)[1]


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        (
            "sockets",
            PRE_STOP_SECONDS + settings.DRAIN_NOTICE_SECONDS + settings.DRAIN_SECONDS + server.GRACEFUL_SECONDS,
        ),
        ("http", PRE_STOP_SECONDS + server.GRACEFUL_SECONDS),
        ("live", settings.CELERY_TASK_TIME_LIMIT),
        ("media", settings.CELERY_TASK_TIME_LIMIT),
    ],
)
def test_kubernetes_waits_longer_than_an_end_in_order_takes(name, seconds):
    assert pod(name)["terminationGracePeriodSeconds"] > seconds


@pytest.mark.parametrize("name", ["http", "sockets"])
def test_a_pod_is_looked_away_from_before_it_stops(name):
    [container] = pod(name)["containers"]

    assert container["lifecycle"]["preStop"] == {"sleep": {"seconds": PRE_STOP_SECONDS}}
    assert {probe: container[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")} == {
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }


@pytest.mark.parametrize("name", ["http", "sockets", "live", "media", "beat"])
def test_no_container_may_become_more_than_it_is(name):
    spec = pod(name)
    walls = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}

    assert [one["securityContext"] for one in spec["initContainers"] + spec["containers"]] == [walls, walls]
    assert (spec["securityContext"]["runAsNonRoot"], spec["automountServiceAccountToken"]) == (True, False)


def test_the_socket_tier_scales_by_a_metric_that_the_adapter_tells():
    [metric] = of("HorizontalPodAutoscaler")["sockets"]["spec"]["metrics"]
    [rule] = yaml.safe_load((FOLDER / "adapter.yaml").read_text())["externalRules"]

    assert metric["external"]["metric"]["name"] == rule["name"]["as"]
    assert int(metric["external"]["target"]["averageValue"]) < settings.MAX_SOCKETS


def test_the_configuration_sets_what_the_application_reads():
    known = {field.alias for field in Environment.model_fields.values()} | {"FORWARDED_ALLOW_IPS", "WEB_CONCURRENCY"}
    told = of("ConfigMap")["photophore"]["data"]

    assert told.keys() - known == set()


def test_no_manifest_holds_a_secret():
    assert of("Secret") == {}


def test_every_part_runs_the_one_image():
    pods = [pod(name) for name in of("Deployment")]

    images = {one["image"] for one in itertools.chain(*(spec["initContainers"] + spec["containers"] for spec in pods))}
    assert images == {KUSTOMIZATION["images"][0]["name"]}
