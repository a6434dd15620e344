"""The reference pages that are made from the code: configuration and protocol. A test holds docs/ equal to them."""

from collections.abc import Iterator
from enum import IntEnum

import msgspec
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from core.env import ROOT, Environment
from realtime import protocol

CONFIGURATION = """# Configuration

Made from `core/env.py` by `manage.py export_docs`; do not edit. Every name may also be given as `<NAME>_FILE`, a path
whose content is the value. `up` keeps the secrets it makes in `secrets.env` in the data folder.

| variable | default | meaning |
|---|---|---|
"""

PROTOCOL = """# The wire: `rt.v1`

Made from `realtime/protocol.py` by `manage.py export_docs`; do not edit the tables.

One websocket at `/rt`. JSON text frames; one frame of the server may hold several messages, one a line. Unknown types
and fields are ignored. A client proves who it is by the session cookie with an `Origin` of ours, or by
`Authorization: Bearer`; without either it is a visitor, who sees what is public.

```
C>S {"t":"hello","cursor":{"epoch":"k3","seq":8123},"topics":["post:715"]}
S>C {"t":"welcome","conn":"c_7","head":8131,"resume":"replaying|fresh|resync","limits":{…},…}
S>C {"t":"ev","seq":8124,"id":"42.8124","k":"notification","at":"…","d":{…},"r":1}    a replay: `r`
S>C {"t":"ready","seq":8131}                                                          from here on live
```

Without a cursor the resume is `fresh`: load the snapshot over REST, whose `at` is the cursor to begin with. With
`resync` load it again; a replay is whole or there is none.

**Durable** messages (`ev`) are numbered without a hole for each person: drop `seq` at or below the last, wait two
seconds at a hole and then send `resume`, move the cursor after drawing. **Latest-wins** messages (`cnt`, `st`) carry a
version: drop what is not newer.

## From the server

| `t` | fields | meaning |
|---|---|---|
| `ev` | `seq, id, k, at, d, mut?, r?` | a durable event; `mut` echoes the mutation id of the client's own request |
| `cnt` | `d: {post: [ver, likes, comments]}` | counters of posts in view, at most four times a second |
| `st` | `topic, ver, d` | the state of a topic |
| `ok` | `id, topics, denied` | the answer to `sub` and `unsub` |
| `hb` | `top` | a heartbeat with the head of the log |
| `resync` | `reason, at` | load the snapshot again |
| `err` | `code, msg, id?` | a refusal, in words |

| `k` of `ev` | `d` |
|---|---|
| `notification` | `id, group, entry {actor, text}, unread` |
| `notification.retracted` | the same; `group` is null once nothing is left of it |
| `notification.read` | `ids, up_to, unread` |
| `post.liked` | `post, liked, like_count, ver`: one's own like, for all of one's devices |
| `user.followed` | `user, username, following`: one's own follow |
| `post.media` | `media, post`: a photo is ready, or failed with a `reason` |

| `topic` of `st` | `d` |
|---|---|
| `post:<id>` | `comment_count, added[], removed[]` |
| `live` | `state` (`ok` or `paused`), `why`: whether updates flow |
"""


def configuration() -> str:
    """docs/configuration.md."""
    return CONFIGURATION + "".join(_setting(field) for field in Environment.model_fields.values())


def _setting(field: FieldInfo) -> str:
    default = "*required*" if field.default is PydanticUndefined else f"`{field.default}`".replace(f"{ROOT}/", "")
    return f"| `{field.alias}` | {default.replace('``', '*none*')} | {field.description} |\n"


def wire() -> str:
    """docs/protocol.md."""
    return "".join([PROTOCOL, *_commands(), *_codes(protocol.Error), *_codes(protocol.Close), *_limits()])


def _commands() -> Iterator[str]:
    yield "\n## From the client\n\n| `t` | fields | meaning |\n|---|---|---|\n"
    for command in protocol.COMMANDS:
        fields = ", ".join(field.encode_name for field in msgspec.structs.fields(command))
        yield f"| `{command.__struct_config__.tag}` | `{fields}` | {(command.__doc__ or '').strip()} |\n"


def _codes(codes: type[IntEnum]) -> Iterator[str]:
    yield f"\n## {codes.__doc__}\n\n| code | meaning |\n|---|---|\n".replace(".\n", "\n", 1)
    for code in codes:
        yield f"| {code.value} | {code.name.replace('_', ' ').lower()} |\n"


def _limits() -> Iterator[str]:
    yield "\n## Limits, sent in `welcome.limits`\n\n| limit | value |\n|---|---|\n"
    for name, value in protocol.LIMITS.items():
        yield f"| `{name}` | {value} |\n"
