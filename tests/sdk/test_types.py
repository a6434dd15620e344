"""The declarations of the client: they compile, and say of the JavaScript and of the wire what is so."""

import json
import re

import msgspec
import pytest

from realtime import protocol
from tests.sdk.node import HERE, ROOT, install, run

SDK = ROOT / "frontend" / "sdk"
IN_JAVASCRIPT = """
import * as sdk from "./frontend/sdk/index.js";
const members = Object.getOwnPropertyNames(sdk.Live.prototype).filter((name) => name !== "constructor");
console.log(JSON.stringify({ exports: Object.keys(sdk).sort(), members: members.sort() }));
"""


@pytest.fixture(scope="module")
def typescript():
    """TypeScript is a tool of this test and nothing that we ship."""
    return install(HERE)


@pytest.fixture(scope="module")
def declared(typescript):
    return json.loads(run(HERE / "shapes.js", typescript, SDK / "index.d.ts"))


@pytest.fixture(scope="module")
def written():
    return json.loads(run("--input-type=module", "-e", IN_JAVASCRIPT))


def shape(message):
    """A frame's fields as the wire names them; `?` for those that may be missing."""
    fields = msgspec.structs.fields(message)
    return sorted(field.encode_name + ("" if field.required else "?") for field in fields)


def shapes(messages):
    return {message.__struct_config__.tag: shape(message) for message in messages}


def test_the_declarations_compile_and_refuse_what_is_wrong(typescript):
    run(typescript / "typescript" / "bin" / "tsc", "-p", HERE / "tsconfig.json")


def test_every_export_is_declared(declared, written):
    assert declared["exports"] == written["exports"]


def test_every_member_is_declared(declared, written):
    assert declared["members"] == written["members"]


def test_every_event_is_declared(declared):
    emitted = re.findall(r'#emit\("(\w+)"', (SDK / "live.js").read_text())

    assert declared["events"] == sorted(set(emitted))


def test_every_frame_of_the_server_is_declared(declared):
    assert declared["server"] == shapes(protocol.FRAMES)


def test_every_frame_of_a_client_is_declared(declared):
    assert declared["client"].keys() == shapes(protocol.COMMANDS).keys()
    assert {tag: [name.rstrip("?") for name in fields] for tag, fields in declared["client"].items()} == {
        tag: [name.rstrip("?") for name in fields] for tag, fields in shapes(protocol.COMMANDS).items()
    }
