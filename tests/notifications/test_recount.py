"""People who do, undo and mute at random: what they are told equals a recount by rows, and their devices show it."""

import json
import random
from collections import defaultdict

import pytest

from accounts import actions as people
from accounts.models import Follow
from content import actions as content
from content.models import Comment, CommentLike, Like, Mention
from core.cursors import MAX_LIMIT
from core.problems import Problem
from notifications import actions, queries
from notifications.models import ACROSS, Entry, Kind, PostMute, Preference, Senders
from notifications.sittings import HOUR
from realtime.models import UserEvent
from tests.support.build import make_post, make_users
from tests.support.draining import drain_all
from tests.support.rows import Rows, key_of

pytestmark = pytest.mark.django_db

STEPS = 600
LOOK_EVERY = 60  # steps
MOST_DRAINED = 12  # steps between two drains: what is done and undone within one batch leaves no trace


class Crowd:
    """A few people and their posts."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.users = make_users("ana", "ben", "chloe", "dan")
        self.posts = [make_post(user) for user in self.users for _ in range(3)]

    def step(self):
        """Do one thing, or find that it is not to be done."""
        deeds = {
            self._like: 20, self._unlike: 12, self._comment: 12, self._reply: 8, self._uncomment: 10,
            self._like_comment: 12, self._unlike_comment: 8, self._follow: 8, self._unfollow: 6,
            self._prefer: 8, self._mute: 5, self._unmute: 5, self._see: 4, self._read: 4,
        }  # fmt: skip
        (deed,) = self.dice.choices(list(deeds), weights=list(deeds.values()))
        try:
            deed()
        except Problem:
            return

    def _like(self):
        content.like_post(post_id=self._post(), actor_id=self._someone())

    def _unlike(self):
        if like := self._any(Like):
            content.unlike_post(post_id=like.post_id, actor_id=like.user_id)

    def _comment(self):
        text = self.dice.choice(["Lovely.", "@ana look", "@ben @chloe"])
        content.comment(post_id=self._post(), actor_id=self._someone(), text=text)

    def _reply(self):
        if comment := self._any(Comment):
            content.comment(post_id=comment.post_id, actor_id=self._someone(), text="Yes.", parent_id=comment.id)

    def _uncomment(self):
        if comment := self._any(Comment):
            content.delete_comment(comment_id=comment.id, actor_id=comment.author_id)

    def _like_comment(self):
        if comment := self._any(Comment):
            content.like_comment(comment_id=comment.id, actor_id=self._someone())

    def _unlike_comment(self):
        if like := self._any(CommentLike):
            content.unlike_comment(comment_id=like.comment_id, actor_id=like.user_id)

    def _follow(self):
        people.follow_user(username=self.dice.choice(self.users).username, actor_id=self._someone())

    def _unfollow(self):
        if follow := self._any(Follow):
            people.unfollow_user(username=follow.followee.username, actor_id=follow.follower_id)

    def _prefer(self):
        wanted = {self.dice.choice(list(Kind)): self.dice.choice(list(Senders))}
        actions.set_preferences(user_id=self._someone(), wanted=wanted)

    def _mute(self):
        actions.mute_post(post_id=self._post(), actor_id=self._someone())

    def _unmute(self):
        if mute := self._any(PostMute):
            actions.unmute_post(post_id=mute.post_id, actor_id=mute.user_id)

    def _see(self):
        actions.mark_seen(user_id=self._someone(), group_ids=self._some_groups())

    def _read(self):
        actions.mark_read(user_id=self._someone(), group_ids=self._some_groups())

    def _some_groups(self):
        groups = queries.notification_page(self._someone()).items
        return [group.id for group in groups if self.dice.random() < 0.5]

    def _someone(self):
        return self.dice.choice(self.users).id

    def _post(self):
        return self.dice.choice(self.posts).id

    def _any(self, model):
        ids = list(model.objects.order_by("pk").values_list("pk", flat=True))
        return model.objects.get(pk=self.dice.choice(ids)) if ids else None


class Device:
    """What a client makes of the frames that a person was sent."""

    def __init__(self, user):
        self.user, self.seq, self.rows = user, 0, Rows()

    def catch_up(self):
        """Take in the frames that have come meanwhile."""
        rows = UserEvent.objects.filter(user_id=self.user.id, seq__gt=self.seq).order_by("seq")
        for seq, frame in rows.values_list("seq", "frame"):
            self.seq = seq
            event = json.loads(frame)
            self.rows.take(event["k"], event["d"])

    @property
    def shown(self):
        return {key: seen_of(group) for key, group in self.rows.shown.items()}


def across_of(group):
    return group["across"]["count"] if group["across"] else 1


def seen_of(group):
    """What a person sees of a group, and nothing that depends on when it was asked."""
    shown = {name: group[name] for name in ("id", "kind", "actor_count", "across", "seen", "read", "at")}
    return shown | {"actors": [actor["username"] for actor in group["actors"]], "post": group["post"]}


def wanted_entries():
    """Whom each person has heard of, and for what: from the facts alone."""
    follows = set(Follow.objects.values_list("follower_id", "followee_id"))
    senders = {(row.user_id, row.kind): row.senders for row in Preference.objects.all()}
    muted = set(PostMute.objects.values_list("user_id", "post_id"))
    entries = set()
    for recipient, kind, about, actor, post_id in deeds():
        wanted = senders.get((recipient, kind), "everyone")
        unwanted = wanted == "nobody" or (wanted == "following" and (recipient, actor) not in follows)
        if recipient != actor and not unwanted and (recipient, post_id) not in muted:
            entries.add((recipient, kind, about, actor))
    return entries


def deeds():
    """Recipient, kind, object, actor and post of all that can be told."""
    for like in Like.objects.select_related("post"):
        yield like.post.author_id, "like", like.post_id, like.user_id, like.post_id
    for said in Comment.objects.select_related("post", "parent"):
        if said.parent:
            yield said.parent.author_id, "reply", said.id, said.author_id, said.post_id
        if answered(said) != said.post.author_id:
            yield said.post.author_id, "comment", said.id, said.author_id, said.post_id
    for like in CommentLike.objects.select_related("comment"):
        yield like.comment.author_id, "comment_like", like.comment_id, like.user_id, like.comment.post_id
    for row in Mention.objects.select_related("comment__parent", "post"):
        if row.user_id not in (row.post.author_id, answered(row.comment)):
            yield row.user_id, "mention", row.comment_id, row.comment.author_id, row.post_id
    for follow in Follow.objects.all():
        yield follow.followee_id, "follow", 0, follow.follower_id, None


def answered(said):
    return said.parent.author_id if said.parent else None


def recounted(user):
    """The rows, each with the groups that it is shown for and how many people are in it, and the badge."""
    by_group = defaultdict(list)
    for entry in Entry.objects.filter(recipient=user, hidden=False).select_related("group").order_by("-id"):
        by_group[entry.group].append(entry)
    rows, fresh = defaultdict(list), set()
    for group, entries in by_group.items():
        people = {entry.actor_id for entry in entries}
        alone = len(people) == 1 and group.kind in ACROSS
        row = f"{group.kind}.{user.id}.{entries[0].actor_id}.{entries[0].id // HOUR}" if alone else str(group.id)
        rows[row].append(len(people))
        if entries[0].id > max(group.seen_id, group.read_id):
            fresh.add(row)
    return {row: (len(counts), counts[0]) for row, counts in rows.items()}, len(fresh)


def all_groups(user):
    groups, page = [], queries.notification_page(user.id, limit=MAX_LIMIT)
    while True:
        groups += page.items
        if page.next is None:
            return groups
        page = queries.notification_page(user.id, after=page.next, limit=MAX_LIMIT)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_told_equals_a_recount_and_is_what_the_devices_show(seed):
    crowd = Crowd(seed)
    devices = [Device(user) for user in crowd.users]
    drained = 0

    for number in range(1, STEPS + 1):
        crowd.step()
        if number - drained >= crowd.dice.randint(1, MOST_DRAINED) or number % LOOK_EVERY == 0:
            drain_all()
            drained = number
        if number % LOOK_EVERY == 0:
            assert set(Entry.objects.filter(hidden=False).values_list("recipient", "kind", "object_id", "actor")) == (
                wanted_entries()
            ), f"after {number} steps"
            for device in devices:
                device.catch_up()
                listed = [group.as_dict() for group in all_groups(device.user)]
                badge = queries.unread_count(device.user.id)
                rows = {key_of(group): (across_of(group), group["actor_count"]) for group in listed}
                assert (rows, badge) == recounted(device.user), f"after {number} steps"
                shown = {key_of(group): seen_of(group) for group in listed}
                assert (len(shown), shown, badge) == (len(listed), device.shown, device.rows.unread), (
                    f"after {number} steps"
                )
