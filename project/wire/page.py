"""The protocol reference as sections, and as Markdown. What it says comes from the types, and from the vocabulary."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from project.wire.vocabulary import CLOSES, ERRORS, KINDS, LIMITS, TOPICS
from realtime import protocol

NOTE = "Made from `realtime/protocol` and `project/wire` by `manage.py export_docs`; do not edit.\n"

HANDSHAKE = """C>S {"t":"hello","auth":{"ticket":"…"},"client":{"app":"web","ver":"1.4.0","device":"d_…"},
     "cursor":{"epoch":"k3","seq":8123},"topics":["post:715"]}
S>C {"t":"welcome","conn":"c_7","head":8131,"resume":"replaying|fresh|resync","limits":{…},…}
S>C {"t":"ev","seq":8124,"id":"42.8124","k":"notification","at":"…","d":{…},"r":1}   replayed
S>C {"t":"ready","seq":8131}   from here on live"""

SSE = """GET /rt/sse?topics=post:715
Last-Event-ID: k3.8123

event: welcome
data: {"t":"welcome","conn":"c_8","head":8124,"resume":"replaying",…}

id: k3.8124
data: {"t":"ev","seq":8124,…,"r":1}

event: ready
id: k3.8124
data: {"t":"ready","seq":8124}"""

POLL = """GET /api/v1/events?after=k3.8123&wait=25
{"items":[{"t":"ev","seq":8124,…}],"head":8124,"epoch":"k3","resync":false}"""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; `code` in backticks, as in Markdown."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Section:
    """One heading's worth: paragraphs, then an example, then a table, then lines to remember."""

    slug: str
    title: str
    text: Sequence[str] = ()
    example: str = ""
    table: Table | None = None
    points: Sequence[str] = field(default=())


def sections() -> list[Section]:
    """The whole reference, in reading order."""
    return [*_opening(), *_messages(), *_codes(), *_rules(), *_fallbacks()]


def markdown() -> str:
    """docs/protocol.md."""
    return "\n".join(["# The wire: `rt.v1`\n", NOTE, *map(_markdown_of, sections())])


def _opening() -> list[Section]:
    return [
        Section(
            "overview",
            "In short",
            [
                "One websocket, `/rt`. JSON text frames; one frame of the server may hold several messages, one a "
                "line; a client sends one a frame. Unknown types and fields are ignored by both sides. A breaking "
                "change will be `rt.v2`, served side by side.",
                "**Durable** messages (`ev`) are kept in a log of each person's own, where `seq` is contiguous and in "
                "commit order: at least once on the wire, exactly once on screen. **Latest-wins** messages (`st`, "
                "`cnt`, `eph`) carry absolute values with a version; loss is healed by the next one, and they are "
                "never in the log. The two are never mixed.",
            ],
        ),
        Section(
            "handshake",
            "Handshake",
            [
                "A client proves who it is by one of: the session cookie with an `Origin` of ours; "
                "`Authorization: Bearer`; the `X-Session-Token` of an app that signed in at `/_allauth/app/v1/`; or "
                "`hello.auth.ticket`, which works once within 60 seconds and is made by "
                "`POST /api/v1/realtime/ticket`. Never a long-lived token in a URL. Without any it is a visitor, who "
                f"sees what is public. `hello` must come within {int(protocol.HELLO_WITHIN_SECONDS)} seconds; "
                "`welcome` is the first frame of the server.",
                "Without a cursor the resume is `fresh`: load the snapshot over REST, whose `at` is the cursor to "
                "begin with. Too far behind, trimmed, or of another epoch, it is `resync` with `at`: load it again. A "
                "replay is whole, or there is none.",
            ],
            HANDSHAKE,
        ),
    ]


def _messages() -> list[Section]:
    kinds = [(f"`{name}`", f"`{kind.data}`", kind.meaning) for name, kind in KINDS.items()]
    topics = [(f"`{name}`", topic.who, topic.snap, topic.brings) for name, topic in TOPICS.items()]
    return [
        Section("client", "From the client", table=_types(protocol.COMMANDS)),
        Section("server", "From the server", table=_types(protocol.FRAMES)),
        Section("kinds", "Kinds of `ev`", table=Table(("`k`", "`d`", "meaning"), kinds)),
        Section(
            "topics",
            "Topics",
            [
                "Each topic is authorised by the same policy as REST, when it is asked for and again when that policy "
                "changes: then `revoked`. What may not be watched is denied like what is not there."
            ],
            table=Table(("topic", "who may watch", "`snap`", "brings"), topics),
        ),
    ]


def _codes() -> list[Section]:
    errors = [(str(code.value), ERRORS.get(code.name, _words(code.name))) for code in protocol.Error]
    closes = [(str(code.value), *CLOSES.get(code.name, (_words(code.name), ""))) for code in protocol.Close]
    limits = [(f"`{name}`", str(value), LIMITS.get(name, _words(name))) for name, value in protocol.LIMITS.items()]
    return [
        Section("errors", "Codes of `err`", table=Table(("code", "meaning"), errors)),
        Section(
            "closes",
            "Close codes",
            [
                "The band is the advice: 40xx come back at once, 41xx back off, 44xx stop until the person acts. A "
                "close before the handshake ends reaches browsers as 1006 only: so the server accepts, sends `err`, "
                "and closes with the code."
            ],
            table=Table(("code", "meaning", "the client"), closes),
        ),
        Section(
            "limits", "Limits, sent in `welcome.limits`", table=Table(("limit", "value", "of what"), limits),
            points=["A process that has no room answers the handshake with HTTP 503 and `Retry-After`."],
        ),
    ]  # fmt: skip


def _rules() -> list[Section]:
    return [
        Section(
            "backpressure",
            "When a client does not read",
            points=[
                "Durable: at most 256 frames or 256 KiB wait for it. On overflow the queue is cleared and one `lag` "
                "says so; nothing is lost, the client sends `resume`.",
                "State and counters: one slot a key, the latest wins.",
                "Ephemeral: dropped first.",
                "A write that stalls for ten seconds: 4108, and the connection is cut.",
            ],
        ),
        Section(
            "rules",
            "The client's rules",
            points=[
                "Drop an `ev` whose `seq` is at or below the last; at a hole wait two seconds, then send `resume`.",
                "Apply `st` and `cnt` only if their version is newer.",
                "Store the cursor after drawing, not on receipt.",
                "Wait `min(30 s, 1 s + rand(0, min(30 s, 1 s * 2^n)))` before the next attempt; `n` is 0 again after "
                "30 seconds of stability.",
                "One tab holds the socket and shares it with the others.",
            ],
        ),
    ]


def _fallbacks() -> list[Section]:
    return [
        Section(
            "sse",
            "Without a websocket: Server-Sent Events",
            [
                "`/rt/sse` reads the same log and sends the same frames: `data` is the text, `id` the cursor "
                "`<epoch>.<seq>`. `Last-Event-ID` resumes, or `?after=` for a client that cannot set it; "
                "`?topics=post:1,post:2` watches. `welcome`, `ready` and `resync` are named events, all others are "
                "`message`. The proof is the cookie from a page of ours, `Authorization: Bearer`, `X-Session-Token`, "
                "or a one-use `?ticket=`. The same limits hold; where a websocket would be closed, the last event is "
                "`close` with the code in `data`, and the answer ends.",
            ],
            SSE,
            points=[
                "Over HTTP/1.1 a browser opens six connections to a site: one stream a browser, not one a tab.",
                "What a client would say is done for it: it is heard as long as it reads, and after `lag` it is "
                "brought up to date.",
            ],
        ),
        Section(
            "polling",
            "Without a stream: long polling",
            [
                "`GET /api/v1/events?after=<epoch>.<seq>&wait=<0..25>` answers with the durable events after a "
                "cursor as soon as there are any, or with none after `wait` seconds. Without `after` it answers at "
                "once with the head to begin from. With `resync` load the snapshot again."
            ],
            POLL,
        ),
    ]


def _types(types: Iterable[type[msgspec.Struct]]) -> Table:
    rows = []
    for struct in types:
        fields = ", ".join(_field(one) for one in msgspec.structs.fields(struct))
        meaning = " ".join((struct.__doc__ or "").split())
        rows.append((f"`{struct.__struct_config__.tag}`", f"`{fields}`" if fields else "", meaning))
    return Table(("`t`", "fields", "meaning"), rows)


def _field(one: msgspec.structs.FieldInfo) -> str:
    return one.encode_name if one.required else f"{one.encode_name}?"


def _words(name: str) -> str:
    return name.replace("_", " ").lower()


def _markdown_of(section: Section) -> str:
    parts = [f"## {section.title}\n", *(f"{paragraph}\n" for paragraph in section.text)]
    if section.example:
        parts.append(f"```\n{section.example}\n```\n")
    if section.table:
        parts.append(_markdown_table(section.table))
    parts += [f"- {point}" for point in section.points]
    return "\n".join(parts).rstrip("\n") + "\n"


def _markdown_table(table: Table) -> str:
    lines = [table.head, ["---"] * len(table.head), *table.rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
