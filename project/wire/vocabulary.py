"""What the types of realtime.protocol cannot say: meanings, and what travels inside `d`. Words only, no behaviour.

A test holds these tables equal to the types: nothing without words, no words about nothing.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of durable event, the `k` of `ev`."""

    data: str
    meaning: str


class Topic(NamedTuple):
    """Something that can be watched."""

    who: str
    snap: str
    brings: str


class Advice(NamedTuple):
    """A close code: what happened, what the client does."""

    meaning: str
    client: str


KINDS = {
    "notification": Kind(
        "id, group, entry {actor, text}, unread, rows?, quiet?",
        "something happened; `group` as REST lists it, which takes the row of its `across.key`, if any; then each of "
        "`rows` {key, group} is what the row of that key shows, or null; `quiet`: it is there again, and no news",
    ),
    "notification.retracted": Kind(
        "id, group, entry, unread, rows?", "it was undone; `group` is null when nothing is left; `rows` as above"
    ),
    "notification.seen": Kind("ids, up_to, unread", "on a screen, maybe of another device; `unread` is the badge"),
    "notification.read": Kind("ids, up_to, unread", "opened, maybe on another device, hence seen"),
    "post.liked": Kind("post, liked, like_count, ver", "one's own like, for all of one's devices"),
    "comment.liked": Kind("comment, post, liked, like_count, ver", "one's own like of a comment, for all devices"),
    "post.saved": Kind("post, saved", "what one keeps for later, for all of one's devices"),
    "post.muted": Kind("post, muted", "of which one wants to hear no more, for all of one's devices"),
    "post.published": Kind("post, url", "one's own post is out: all of its photos are ready"),
    "user.followed": Kind("user, username, following", "one's own follow, for all devices: `no`, `requested`, `yes`"),
    "user.renamed": Kind("username, former", "one's own new name; the sockets that bore the old one close with 4112"),
    "follow.request": Kind("person, waiting", "somebody asks to follow; `waiting` is how many do"),
    "follow.request.retracted": Kind("person, waiting", "it was taken back, or answered, maybe on another device"),
    "report.closed": Kind("report, outcome", "what one reported was decided: `dismiss`, `remove`, `suspend`, …"),
    "report.reopened": Kind("report, outcome", "the decision was taken back; `outcome` is null"),
    "moderated": Kind("kind, object, removed, why", "one's own post or comment was removed by staff, or put back"),
    "test": Kind("test, recorded_at", "an operator looks how events reach one's devices; nothing to show"),
    "post.media": Kind("media, post", "a photo is ready, or failed with a `reason`"),
}

TOPICS = {
    "post:<id>": Topic(
        "who may see the post",
        "likes, comments",
        "`st`: comment_count, added[], removed[]; or counts {comment: [ver, likes, answers]}; or pinned, an id or "
        "null; or caption, caption_html, comments_off, edited_at; `cnt`; `eph`: typing {id, username}",
    ),
    "profile:<username>": Topic(
        "who may see the person's posts",
        "followers, following, posts",
        "`st`: followers, following, posts, added[], removed[] (ids of posts)",
    ),
    "feed": Topic("everybody, their own", "", "`st`: post, author; or removed, the id of a post that went"),
    "presence:<username>": Topic("mutual followers, unless one has switched it off", "online", "`eph`: online"),
    "ops": Topic(
        "staff, in a session that proved a second factor",
        "",
        "`st` once a second: at, numbers, parts, clients, nodes; of no promised shape",
    ),
    "moderation": Topic(
        "staff, in a session that proved a second factor",
        "open, claimed",
        "`st`: how (opened, reported, withdrawn, claimed, released, closed, reopened), case, open, claimed",
    ),
    "live": Topic(
        "everybody, without asking",
        "",
        "`st`: state (`ok` or `paused`), why (`bus`, `worker`, `database` or `redis`): whether live updates flow; "
        "maintenance {until, message}, while nothing may be changed (writes answer 503)",
    ),
}

ERRORS = {
    "INTERNAL": "something broke here; a close may follow",
    "UNAUTHENTICATED": "the token, the session or the ticket proves nobody",
    "FORBIDDEN": "known, and not allowed",
    "UNKNOWN_TYPE": "this server does not know that `t`; passed over",
    "LIMIT": "more than a limit allows; `msg` names it",
    "BAD_REQUEST": "unreadable, or out of place",
    "TICKET_EXPIRED": "the ticket is unknown, used or older than a minute",
    "UNKNOWN_TOPIC": "there is no such topic, or it may not be watched: both answer alike",
    "RATE_LIMITED": "too many messages",
    "UNRECOVERABLE_CURSOR": "what followed the cursor is gone; `resync` says from where to begin",
}

_AT_ONCE = "reconnects at once, with the jitter given; keeps its cursor"
_BACK_OFF = "backs off; keeps its cursor"
_STOP = "stops until the person acts"

CLOSES = {
    "DRAIN": Advice("this process is about to stop", _AT_ONCE),
    "AGE": Advice("the socket is old", _AT_ONCE),
    "REBALANCE": Advice("another process has more room", _AT_ONCE),
    "POSITION_LOST": Advice("the log cannot be read from here just now", _AT_ONCE),
    "INTERNAL": Advice("something broke here", _BACK_OFF),
    "SLOW": Advice("the client did not read for ten seconds", _BACK_OFF),
    "HEARTBEAT_MISSED": Advice("nothing was heard of the client for a minute", _BACK_OFF),
    "RATE_LIMITED": Advice("too many messages", _BACK_OFF),
    "NODE_FULL": Advice("this process has no room", _BACK_OFF),
    "RENEW_TICKET": Advice("the proof of who this is has run out", "backs off, then comes with a new ticket"),
    "MALFORMED": Advice("a frame could not be read", _STOP),
    "UNAUTHENTICATED": Advice("the credentials prove nobody", _STOP),
    "SUSPENDED": Advice("the account is suspended", _STOP),
    "PROTOCOL": Advice("`hello` did not come first, or not in time", _STOP),
    "TOO_MANY": Advice("the oldest of too many sockets makes room", _STOP),
    "TOO_BIG": Advice("a frame over the limit", _STOP),
    "SESSION_REVOKED": Advice("the session or token has ended", _STOP),
}

LIMITS = {
    "frame_bytes": "bytes of a client's frame",
    "topics": "topics a socket",
    "topics_a_message": "topics in one `sub` or `unsub`",
    "viewed": "viewed posts a socket",
    "sockets_a_user": "sockets a person; the oldest makes room (4409)",
    "sockets_an_address": "sockets of visitors an address",
    "messages_in_10_s": "messages of a client in ten seconds",
    "messages_a_minute": "messages of a client a minute, sustained",
}

_AT = "2026-11-22T20:00:00Z"
_CURSOR = {"epoch": "k3a9f1", "seq": 8123}

# One of each message, by its `t`. A test reads every one by its schema.
COMMAND_EXAMPLES: dict[str, dict[str, object]] = {
    "hello": {"client": {"app": "web", "ver": "1.4.0"}, "cursor": _CURSOR, "topics": ["post:715"]},
    "sub": {"id": 1, "topics": ["post:715"]},
    "unsub": {"id": 2, "topics": ["post:715"]},
    "view": {"add": ["715", "716"], "del": ["714"]},
    "ack": {"seq": 8131},
    "resume": _CURSOR,
    "auth": {"id": 3, "ticket": "…"},
    "typing": {"topic": "post:715"},
    "hb": {"seq": 8131},
}
FRAME_EXAMPLES: dict[str, dict[str, object]] = {
    "welcome": {
        "conn": "c_7", "node": "web-1", "proto": 1, "hb": {"every": 25000, "within": 10000},
        "user": {"id": "42", "username": "ana", "name": "Ana"}, "session": {"expires": None}, "epoch": "k3a9f1",
        "head": 8131, "resume": "replaying", "limits": {"topics": 128}, "now": _AT,
    },
    "ready": {"seq": 8131},
    "ev": {
        "seq": 8124, "id": "42.8124", "k": "post.liked", "at": _AT,
        "d": {"post": "715", "liked": True, "like_count": 12, "ver": 31}, "mut": "m_1", "r": 1,
    },
    "st": {"topic": "post:715", "ver": 32, "d": {"comment_count": 3, "added": [], "removed": ["99"]}},
    "cnt": {"d": {"715": [32, 12, 3]}},
    "eph": {"topic": "post:715", "d": {"typing": {"id": "43", "username": "ben"}}, "ttl": 5000},
    "hb": {"top": 8131},
    "lag": {"from": 8124},
    "resync": {"reason": "behind", "at": _CURSOR},
    "reconnect": {"in": [0, 10000], "reason": "drain"},
    "revoked": {"topics": ["post:715"], "reason": "private"},
    "ok": {"id": 1, "topics": {"post:715": {"ver": 31, "snap": {"likes": 12, "comments": 3}}}, "denied": {}},
    "err": {"code": 110, "msg": "Unknown topic.", "id": 1},
}  # fmt: skip
