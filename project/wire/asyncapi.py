"""The AsyncAPI 3.0 description of the wire, made from the frames' types. Describes; validates and sends nothing."""

from collections.abc import Iterator
from typing import Any

import msgspec
from django.conf import settings

from core.rest import SESSION_TOKEN_HEADER
from project.wire.vocabulary import COMMAND_EXAMPLES, FRAME_EXAMPLES
from realtime import protocol

REF = "#/components/schemas/{name}"
SUMMARY = (
    "The live side of Photophore, `rt.v1`: a durable log of each person's events, numbered without a hole, and "
    "latest-wins messages with a version. The same frames go over a websocket and over Server-Sent Events."
)
# What the server answers, by the command.
REPLIES = {
    "hello": ("welcome", "ready", "err"),
    "sub": ("ok", "err"),
    "unsub": ("ok",),
    "view": ("cnt", "err"),
    "resume": ("ready", "resync"),
    "auth": ("ok", "err"),
    "typing": ("err",),
    "hb": ("hb",),
}

SSE_QUERY = {
    "type": "object",
    "properties": {
        "topics": {"type": "string", "description": "Topics to watch, joined by commas."},
        "after": {"type": "string", "description": "A cursor, `<epoch>.<seq>`; `Last-Event-ID` goes before it."},
        "ticket": {"type": "string", "description": "A one-use ticket."},
    },
}

# The one message that is no frame: a stream cannot close with a code, so it says it.
CLOSE = "hear.close"
CLOSE_MESSAGE = {
    "name": "close",
    "title": "Close",
    "summary": "The stream ends, with the code that a websocket would be closed with.",
    "payload": {
        "type": "object",
        "required": ["t", "code"],
        "properties": {"t": {"enum": ["close"]}, "code": {"type": "integer", "minimum": 4000, "maximum": 4499}},
    },
    "examples": [{"payload": {"t": "close", "code": 4001}}],
}


def document(*, version: str, host: str = "127.0.0.1:8000", secure: bool = False) -> dict[str, Any]:
    """The description, for a server at `host`."""
    schemas, components = msgspec.json.schema_components([*protocol.COMMANDS, *protocol.FRAMES], ref_template=REF)
    assert all("$ref" in schema for schema in schemas)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Photophore rt.v1", "version": version, "description": SUMMARY},
        "defaultContentType": "application/json",
        "servers": _servers(host, secure=secure),
        "channels": _channels(),
        "operations": dict(_operations()),
        "components": {
            "messages": dict(_messages()) | {CLOSE: CLOSE_MESSAGE},
            "schemas": {name: _as_draft_7(schema) for name, schema in components.items()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A token of the person's settings."},
                "app": {"type": "httpApiKey", "in": "header", "name": SESSION_TOKEN_HEADER},
                "session": {"type": "httpApiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            },
        },
    }


def _servers(host: str, *, secure: bool) -> dict[str, Any]:
    security = [{"$ref": f"#/components/securitySchemes/{name}"} for name in ("bearer", "app", "session")]
    names = {"websocket": "wss" if secure else "ws", "http": "https" if secure else "http"}
    return {name: {"host": host, "protocol": scheme, "security": security} for name, scheme in names.items()}


def _channels() -> dict[str, Any]:
    frames = {_frame(tag): _ref("messages", _frame(tag)) for tag in map(_tag, protocol.FRAMES)}
    commands = {_command(tag): _ref("messages", _command(tag)) for tag in map(_tag, protocol.COMMANDS)}
    return {
        "rt": {
            "address": "/rt",
            "title": "Websocket",
            "description": "JSON text frames; one frame of the server may hold several messages, one a line.",
            "servers": [_ref("servers", "websocket", at="#")],
            "messages": commands | frames,
            "bindings": {"ws": {"method": "GET"}},
        },
        "sse": {
            "address": "/rt/sse",
            "title": "Server-Sent Events",
            "description": "The same frames: `data` is the text, `id` the cursor.",
            "servers": [_ref("servers", "http", at="#")],
            "messages": frames | {CLOSE: _ref("messages", CLOSE)},
        },
    }


def _messages() -> Iterator[tuple[str, dict[str, Any]]]:
    for types, name_of, examples in (
        (protocol.COMMANDS, _command, COMMAND_EXAMPLES),
        (protocol.FRAMES, _frame, FRAME_EXAMPLES),
    ):
        for struct in types:
            tag = _tag(struct)
            yield (
                name_of(tag),
                {
                    "name": tag,
                    "title": struct.__name__,
                    "summary": (struct.__doc__ or "").strip(),
                    "payload": {"$ref": REF.format(name=struct.__name__)},
                    "examples": [{"payload": {"t": tag} | examples[tag]}],
                },
            )


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for tag in map(_tag, protocol.COMMANDS):
        operation = {
            "action": "receive",
            "channel": _ref("channels", "rt", at="#"),
            "messages": [_in_channel("rt", _command(tag))],
        }
        if tag in REPLIES:
            replies = [_in_channel("rt", _frame(reply)) for reply in REPLIES[tag]]
            operation["reply"] = {"channel": _ref("channels", "rt", at="#"), "messages": replies}
        yield _command(tag), operation
    frames = [_frame(tag) for tag in map(_tag, protocol.FRAMES)]
    yield "tell.rt", _telling("rt", frames)
    binding = {"http": {"method": "GET", "query": SSE_QUERY}}
    yield "tell.sse", _telling("sse", [*frames, CLOSE]) | {"bindings": binding}


def _telling(channel: str, names: list[str]) -> dict[str, Any]:
    told = [_in_channel(channel, name) for name in names]
    return {"action": "send", "channel": _ref("channels", channel, at="#"), "messages": told}


def _as_draft_7(schema: Any) -> Any:
    """A schema as JSON Schema draft 7 has it, which is AsyncAPI's own: tuples are `items` there."""
    if isinstance(schema, list):
        return [_as_draft_7(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {name: _as_draft_7(value) for name, value in schema.items()}
    if "prefixItems" in schema:
        schema |= {"items": schema.pop("prefixItems"), "additionalItems": False}
    return schema


def _tag(struct: type[msgspec.Struct]) -> str:
    return str(struct.__struct_config__.tag)


def _command(tag: str) -> str:
    return f"say.{tag}"


def _frame(tag: str) -> str:
    return f"hear.{tag}"


def _ref(group: str, name: str, *, at: str = "#/components") -> dict[str, str]:
    return {"$ref": f"{at}/{group}/{name}"}


def _in_channel(channel: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/{channel}/messages/{name}"}
