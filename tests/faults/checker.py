"""The judge, in the manner of Jepsen: what people did, what the database says and what each client showed must agree.

| number | what it counts |
|---|---|
| lost | acknowledged, and not in the database, or derived from it nowhere |
| missed | in a person's log, and never shown by a client that stayed to the end |
| twice | shown twice, or carried out twice |
| disorder | shown after something that came later |
| ghost | shown, or announced, and not in the database |
| leaked | shown more than two seconds after the right to it was lost |
| stale | counters on a screen, or kept beside a post, that differ from the count of the rows |
"""

import json
from collections import Counter
from dataclasses import dataclass, field

from tests.faults.history import UNDOES, chains

ALLOWED_SECONDS = 2.0
NUMBERS = ("lost", "missed", "twice", "disorder", "ghost", "leaked", "stale")


@dataclass
class Verdict:
    """The numbers, and a line for each thing counted."""

    counted: Counter = field(default_factory=Counter)
    why: list = field(default_factory=list)

    def count(self, what, reason, times=1):
        self.counted[what] += times
        self.why.append(f"{what}: {reason}")

    @property
    def numbers(self):
        return {name: self.counted[name] for name in NUMBERS}


def judge(ops, rows, screens, losses=()):
    """Hold everything against everything."""
    verdict = Verdict()
    _judge_facts(verdict, ops, rows)
    _judge_announcements(verdict, ops, rows)
    _judge_derived(verdict, rows)
    for screen in screens:
        _judge_shown(verdict, screen, rows)
        _judge_counts(verdict, screen, rows)
    for loss in losses:
        _judge_loss(verdict, loss, screens)
    return verdict


def _judge_facts(verdict, ops, rows):
    """The last word on each thing is in the database, unless somebody cannot say what the last word was."""
    undone = {op.target for op in ops if op.kind == "uncomment"}
    for (kind, actor, target), chain in chains(ops):
        if kind == "comment":
            _judge_comments(verdict, chain, undone, rows)
            continue
        there = ((target, actor) in rows.likes) if kind == "like" else ((actor, target) in rows.follows)
        settled = [op for op in chain if op.outcome == "ok"]
        if not settled or any(op.outcome == "unknown" or (op.doubtful and op is not chain[-1]) for op in chain):
            continue
        wanted = settled[-1].kind not in UNDOES
        if wanted and not there:
            verdict.count("lost", f"{settled[-1]}")
        if there and not wanted:
            verdict.count("lost", f"undone, and still there: {settled[-1]}")


def _judge_comments(verdict, chain, undone, rows):
    for op in chain:
        if op.outcome != "ok":
            continue
        if op.kind == "comment" and op.result not in undone and op.result not in rows.comments:
            verdict.count("lost", f"{op}")
        if op.kind == "uncomment" and op.target in rows.comments:
            verdict.count("lost", f"undone, and still there: {op}")


def _judge_announcements(verdict, ops, rows):
    """Each like and follow is echoed to whoever did it, with the id of the operation: once if it was carried out."""
    echoes = Counter(frame["mut"] for frames in rows.events.values() for frame in frames if "mut" in frame)
    for op in ops:
        if op.kind in ("comment", "uncomment"):
            continue
        if echoes[op.id] > 1:
            verdict.count("twice", f"carried out {echoes[op.id]} times: {op}")
        if op.outcome == "ok" and not echoes[op.id]:
            verdict.count("lost", f"never announced: {op}")
    known = {op.id for op in ops}
    for mut in echoes.keys() - known:
        verdict.count("ghost", f"announced, and nobody did it: {mut}")


def _judge_derived(verdict, rows):
    for entry in rows.due - rows.entries:
        verdict.count("lost", f"no notification of {entry}")
    for entry in rows.entries - rows.due:
        verdict.count("ghost", f"a notification of {entry}, which is not so")
    for post, counts in rows.counts.items():
        if rows.kept[post] != counts:
            verdict.count("stale", f"post {post} says {rows.kept[post]}, counted {counts}")
    if rows.outbox:
        verdict.count("lost", f"{rows.outbox} rows are left in the outbox", rows.outbox)


def _judge_shown(verdict, screen, rows):
    """Walk a journal along the log."""
    log = rows.events.get(screen.user, [])
    shown, holes, position = set(), set(), screen.begin
    for entry in screen.journal:
        if entry.what == "snapshot":
            position = max(position, entry.detail["seq"])  # it shows all that happened up to there
            holes = {seq for seq in holes if seq > position}
        elif entry.what == "shown":
            seq = entry.detail["seq"]
            _judge_frame(verdict, screen, entry.detail, log)
            if seq in shown:
                verdict.count("twice", f"{screen.name} {seq}")
            elif seq <= position:
                verdict.count("disorder", f"{screen.name} {seq} after {position}")
            shown.add(seq)
            holes |= set(range(position + 1, seq))
            holes.discard(seq)
            position = max(position, seq)
    if screen.judged:
        holes |= set(range(position + 1, len(log) + 1))
        if holes:
            verdict.count("missed", f"{screen.name} {sorted(holes)[:10]}", len(holes))


def _judge_frame(verdict, screen, frame, log):
    kept = log[frame["seq"] - 1] if 0 < frame["seq"] <= len(log) else None
    if {name: value for name, value in frame.items() if name != "r"} != kept:
        verdict.count("ghost", f"{screen.name} {json.dumps(frame)[:200]}")


def _judge_counts(verdict, screen, rows):
    for post, counts in screen.counts.items():
        if screen.judged and counts != rows.counts[post]:
            verdict.count("stale", f"{screen.name} shows {counts} of post {post}, counted {rows.counts[post]}")


def _judge_loss(verdict, loss, screens):
    (screen,) = (screen for screen in screens if screen.name == loss.screen)
    for entry in screen.journal:
        if entry.at <= loss.at + ALLOWED_SECONDS:
            continue
        if entry.what == "shown" and not loss.topics:
            verdict.count("leaked", f"{screen.name} {entry.at - loss.at:.1f} s later: {entry.detail['k']}")
        if entry.what == "topic" and (not loss.topics or entry.detail[0] in loss.topics):
            verdict.count("leaked", f"{screen.name} {entry.at - loss.at:.1f} s later: {entry.detail}")
