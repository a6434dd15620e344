"""The AsyncAPI description: valid by the official schema, and true of a live session."""

import json

import pytest
from django.core.management import call_command
from jsonschema import Draft7Validator

from content.actions import comments, likes
from core.env import ROOT
from project.wire import asyncapi
from realtime import protocol
from tests.support.build import make_follow, make_post, make_users
from tests.support.web import Web

OFFICIAL = ROOT / "tests/support/data/asyncapi-3.0.0.json"


@pytest.fixture(scope="module")
def document():
    return asyncapi.document(version="1.2.3")


@pytest.fixture(scope="module")
def schema_of(document):
    """Make a validator of a message by the name it has in the channels: `hear.ev`, `say.hello`."""
    schemas = {"components": document["components"]}

    def schema_of(name):
        return Draft7Validator(schemas | document["components"]["messages"][name]["payload"])

    return schema_of


def problems(validator, instance):
    return [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(instance)]


def test_it_is_valid_by_the_official_schema(document):
    assert problems(Draft7Validator(json.loads(OFFICIAL.read_text())), document) == []


def test_the_official_schema_finds_what_is_wrong(document):
    assert problems(Draft7Validator(json.loads(OFFICIAL.read_text())), document | {"channels": {"rt": {"adress": 1}}})


def test_every_reference_leads_somewhere(document):
    def refs(part):
        if isinstance(part, dict):
            yield from [part["$ref"]] if "$ref" in part else []
            part = list(part.values())
        if isinstance(part, list):
            for item in part:
                yield from refs(item)

    for ref in set(refs(document)):
        found = document
        for name in ref.removeprefix("#/").split("/"):
            found = found[name]


def test_every_example_is_what_its_schema_says(document, schema_of):
    for name, message in document["components"]["messages"].items():
        for example in message["examples"]:
            assert problems(schema_of(name), example["payload"]) == [], name


@pytest.mark.parametrize("struct", protocol.COMMANDS)
def test_every_example_of_a_command_is_read_by_the_server(document, struct):
    tag = struct.__struct_config__.tag
    example = document["components"]["messages"][f"say.{tag}"]["examples"][0]["payload"]

    assert type(protocol.decode(json.dumps(example))) is struct


def test_it_names_the_server_that_was_asked():
    servers = Web().get("/api/v1/asyncapi.json").json()["servers"]

    assert {name: (one["protocol"], one["host"]) for name, one in servers.items()} == {
        "websocket": ("ws", "testserver"),
        "http": ("http", "testserver"),
    }


def test_the_command_prints_what_is_served(capsys):
    call_command("export_asyncapi")

    assert json.loads(capsys.readouterr().out) == asyncapi.document(version="0.1.0")


def test_the_openapi_command_writes_a_file(tmp_path):
    call_command("export_openapi", output=tmp_path / "openapi.json")

    assert json.loads((tmp_path / "openapi.json").read_text())["openapi"] == "3.1.0"


def test_every_frame_of_a_live_session_is_what_its_schema_says(open_socket, stack, schema_of):
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)
    post = make_post(ana)
    client = open_socket(ana)

    texts = live_session(client, ana, ben, post)

    frames = [json.loads(line) for text in texts for line in text.split("\n")]
    assert {frame["t"] for frame in frames} >= {"welcome", "ready", "st", "ok", "cnt", "ev", "hb", "err", "resync"}
    assert [(frame, wrong) for frame in frames if (wrong := problems(schema_of(f"hear.{frame['t']}"), frame))] == []


def live_session(client, ana, ben, post):
    """Have everything said that a session easily brings; answer the texts as they came."""
    texts = []
    receive = client.socket.recv
    client.socket.recv = lambda *args, **kwargs: texts.append(receive(*args, **kwargs)) or texts[-1]
    client.hello(topics=[f"post:{post.id}", "post:1"])
    client.send(t="view", add=[str(post.id)])
    likes.like_post(post_id=post.id, actor_id=ben.id)
    comments.comment(post_id=post.id, actor_id=ben.id, text="Lovely.")
    client.next("ev")
    client.send(t="hb", seq=0)
    client.next("hb")
    client.send(t="dance")
    client.next("err")
    client.send(t="resume", epoch="other", seq=1)
    client.next("resync")
    client.next("cnt")
    return texts
