"""An old snapshot with the events that followed is the fresh snapshot: on the real stack, whatever people do."""

import random

import pytest

from events.models import OutboxRow
from tests.support.build import make_post, make_user, make_users
from tests.support.rows import Rows
from tests.support.wait import until

STEPS = 30


class Page:
    """A person's list of notifications as a page keeps it, from one place in their log on."""

    def __init__(self, answer, unread):
        self.rows = Rows(answer["items"], unread["count"])
        self.at = answer["at"]

    def apply(self, frame):
        self.rows.take(frame["k"], frame["d"])

    @property
    def drawn(self):
        groups = [{name: group[name] for name in group if name != "ver"} for group in self.rows.shown.values()]
        return sorted(groups, key=lambda group: group["id"]), self.rows.unread


def load(api):
    return Page(told(api, "/notifications?limit=50"), told(api, "/notifications/unread"))


def told(api, path):
    return api.get(path).raise_for_status().json()


class People:
    """Who does something to ana, by chance: half of it is undone again."""

    def __init__(self, api, ana, posts, others, chance):
        self.ana, self.posts, self.chance = api(ana), posts, chance
        self.others = [api(other) for other in others]
        self.comments = []

    def act(self):
        return self.chance.choice((self.like, self.comment, self.uncomment, self.follow, self.read))()

    def like(self):
        how = self.chance.choice(("PUT", "DELETE"))
        self.chance.choice(self.others).request(how, f"/posts/{self.chance.choice(self.posts).id}/like")

    def comment(self):
        who, post = self.chance.choice(self.others), self.chance.choice(self.posts)
        self.comments.append((who, who.post(f"/posts/{post.id}/comments", json={"text": "Ah!"}).json()["id"]))

    def uncomment(self):
        if self.comments:
            who, comment = self.comments.pop(self.chance.randrange(len(self.comments)))
            who.delete(f"/comments/{comment}")

    def follow(self):
        self.chance.choice(self.others).request(self.chance.choice(("PUT", "DELETE")), "/users/ana/follow")

    def read(self):
        items = told(self.ana, "/notifications")["items"]
        if items:
            self.ana.post("/notifications/read", json={"ids": [self.chance.choice(items)["id"]]})


@pytest.mark.parametrize("seed", range(3))
def test_an_old_snapshot_and_its_events_are_the_fresh_snapshot(stack, api, open_socket, seed):
    chance = random.Random(seed)
    ana = make_user("ana")
    people = People(api, ana, [make_post(ana) for _ in range(3)], make_users("ben", "chloe", "dev"), chance)
    for _ in range(chance.randrange(8)):
        people.act()
    old = load(people.ana)
    socket = open_socket(ana)
    socket.hello(cursor=old.at)

    for _ in range(STEPS):
        people.act()
    until(lambda: not OutboxRow.objects.exists())
    new = load(people.ana)
    while socket.cursor["seq"] < new.at["seq"]:
        old.apply(socket.event())

    assert old.drawn == new.drawn
