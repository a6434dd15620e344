"""What was done, as those who did it saw it: one operation with every attempt at it. Knows no HTTP."""

import itertools
import time
import uuid
from dataclasses import dataclass, field

UNDOES = {"unlike": "like", "uncomment": "comment", "unfollow": "follow"}


@dataclass
class Op:
    """One deed. `ok` means that the server said so; `unknown` that nobody can say, so it may be in or out."""

    kind: str  # like, unlike, comment, uncomment, follow, unfollow
    actor: int
    target: int  # a post, for comments too; whom to follow; of `uncomment` the comment
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    called_at: float = field(default_factory=time.monotonic)
    ended_at: float | None = None
    outcome: str = "unknown"  # ok, fail, unknown
    tries: int = 0
    doubtful: bool = False  # an attempt went without an answer: it may still be carried out, later
    result: int | None = None  # the comment that it made

    def end(self, outcome, result=None):
        self.ended_at, self.outcome, self.result = time.monotonic(), outcome, result


@dataclass
class Rows:
    """The truth: what is in the database when all is quiet."""

    likes: set = field(default_factory=set)  # (post, user)
    follows: set = field(default_factory=set)  # (follower, followee)
    comments: set = field(default_factory=set)  # ids
    events: dict = field(default_factory=dict)  # user → [frame], the first has seq 1
    counts: dict = field(default_factory=dict)  # post → (likes, comments), counted anew
    kept: dict = field(default_factory=dict)  # post → (likes, comments), as the row says
    entries: set = field(default_factory=set)  # notifications: (recipient, kind, object, actor)
    due: set = field(default_factory=set)  # the same, as the facts demand
    outbox: int = 0


@dataclass
class Screen:
    """What one client has shown: the lines of its journal, and the counters that it shows at the end."""

    name: str
    user: int
    journal: list
    begin: int = 0  # the position of what was drawn before its first line
    counts: dict = field(default_factory=dict)  # post → (likes, comments)
    judged: bool = True  # whether it was to see everything to the end


@dataclass(frozen=True)
class Loss:
    """A right that ended: from two seconds after `at` on nothing of it may be shown any more."""

    screen: str
    at: float
    topics: tuple = ()  # empty: everything


def chains(ops):
    """The operations on the same thing, in the order of the calls: likes of a post by a person, and so on."""

    def key(op):
        return (UNDOES.get(op.kind, op.kind), op.actor, op.target)

    return [(key, list(group)) for key, group in itertools.groupby(sorted(ops, key=key), key)]
