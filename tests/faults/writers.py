"""People who like, comment, follow and take it back over REST; each deed keeps its id until it is answered."""

import asyncio
import contextlib
import random
import time

import httpx

from tests.faults.history import UNDOES, Op

TRY_SECONDS = 3.0  # one attempt
GIVE_UP_SECONDS = 25.0  # one operation, with all of its attempts
PAUSE_SECONDS = 0.3
WEIGHTS = {"like": 40, "unlike": 22, "comment": 14, "uncomment": 6, "follow": 12, "unfollow": 6}


class Writer:
    """One person's finger. After an attempt without an answer its object is left alone: it may still be carried out."""

    def __init__(self, person, bases, headers, *, posts, people, pace_seconds=0.25, seed=0):
        self.ops = []
        self.stopping = False
        self._person = person
        self._bases = list(bases)
        self._headers = headers
        self._posts = list(posts)
        self._people = {other.id: other.username for other in people if other.id != person.id}
        self._pace_seconds = pace_seconds
        self._chance = random.Random(f"{person.username} {seed}")
        self._done = {"like": set(), "comment": set(), "follow": set()}
        self._doubtful = set()  # (kind, target)

    async def run(self):
        """Do one thing after another until told to stop; the last one is brought to its end."""
        limits = httpx.Limits(keepalive_expiry=2)
        async with httpx.AsyncClient(headers=self._headers, timeout=TRY_SECONDS, limits=limits) as web:
            while not self.stopping:
                if choice := self._choose():
                    op = Op(choice[0], self._person.id, choice[1])
                    self.ops.append(op)
                    await self._carry_out(web, op)
                    self._learn(op)
                await asyncio.sleep(self._pace_seconds * self._chance.uniform(0.5, 1.5))

    def _choose(self):
        (kind,) = self._chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        does = UNDOES.get(kind, kind)
        if kind in UNDOES:
            open_to = self._done[does]
        else:
            every = self._people if kind == "follow" else self._posts
            open_to = set(every) - (self._done[does] if does != "comment" else set())
        targets = [target for target in sorted(open_to) if (does, target) not in self._doubtful]
        return (kind, self._chance.choice(targets)) if targets else None

    async def _carry_out(self, web, op):
        """Try until there is an answer; a 404 for what an attempt without an answer was to delete is as good as 204."""
        until = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < until:
            op.tries += 1
            base = self._bases[(op.tries + len(self.ops)) % len(self._bases)]
            with contextlib.suppress(httpx.HTTPError):
                answer = await web.request(*self._request(base, op), headers={"Idempotency-Key": op.id}, **_body(op))
                if answer.is_success or (answer.status_code == 404 and op.doubtful and op.kind == "uncomment"):
                    op.end("ok", int(answer.json()["id"]) if op.kind == "comment" else None)
                    return
                if answer.status_code < 500 and answer.status_code != 429:
                    op.end("fail")
                    return
            op.doubtful = True
            await asyncio.sleep(PAUSE_SECONDS)
        op.end("unknown")

    def _request(self, base, op):
        root = f"{base}/api/v1"
        match op.kind:
            case "like" | "unlike":
                return ("PUT" if op.kind == "like" else "DELETE"), f"{root}/posts/{op.target}/like"
            case "follow" | "unfollow":
                return ("PUT" if op.kind == "follow" else "DELETE"), f"{root}/users/{self._people[op.target]}/follow"
            case "comment":
                return "POST", f"{root}/posts/{op.target}/comments"
            case _:
                return "DELETE", f"{root}/comments/{op.target}"

    def _learn(self, op):
        does = UNDOES.get(op.kind, op.kind)
        if op.doubtful:
            self._doubtful.add((does, op.target))
        if op.outcome == "ok" and op.kind == "comment":
            self._done["comment"].add(op.result)
        elif op.outcome == "ok":
            (self._done[does].discard if op.kind in UNDOES else self._done[does].add)(op.target)


def _body(op):
    return {"json": {"text": f"A word: {op.id}"}} if op.kind == "comment" else {}
