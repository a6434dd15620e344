"""People who do and undo whatever comes to their minds, and what should follow from the facts that they leave."""

import random
from collections import defaultdict

from django.db import transaction

from accounts import actions as people
from accounts.models import Block, Follow, FollowRequest, User
from content import actions as content
from content.models import Comment, Like, Post
from core.problems import Problem
from events import outbox
from events.types import PostPublished
from notifications import actions as notifications
from notifications.models import Entry, Group
from tests.support.build import make_post, make_users

NAMES = ("ana", "ben", "chloe", "dan", "eve", "fay", "gil", "hana")
POSTS = 16
MOST_DRAINED = 40  # steps between two drains: what is done and undone within one batch leaves no trace


class Walk:
    """A crowd that takes random steps; what the policy refuses is a step too."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.users = make_users(*NAMES)
        for user in self.users[-2:]:
            people.update_profile(user_id=user.id, private=True)
        self.posts = []
        for _ in range(POSTS):
            self._post()

    def step(self):
        """One deed, or one undoing."""
        deed, weight = zip(*self._deeds().items(), strict=True)
        try:
            self.dice.choices(deed, weight)[0]()
        except Problem:
            return

    def _deeds(self):
        return {
            self._like: 20, self._unlike: 14, self._comment: 14, self._uncomment: 10,
            self._follow: 10, self._unfollow: 7, self._answer: 5, self._block: 2, self._unblock: 3,
            self._suspend: 1, self._unsuspend: 2, self._read: 4, self._delete: 1, self._post: 1,
        }  # fmt: skip

    def _someone(self):
        return self.dice.choice(self.users)

    def _like(self):
        content.like_post(post_id=self.dice.choice(self.posts), actor_id=self._someone().id)

    def _unlike(self):
        if like := self._any(Like):
            content.unlike_post(post_id=like.post_id, actor_id=like.user_id)

    def _comment(self):
        content.comment(post_id=self.dice.choice(self.posts), actor_id=self._someone().id, text="Lovely.")

    def _uncomment(self):
        if comment := self._any(Comment):
            actor_id = self.dice.choice([comment.author_id, comment.post.author_id])
            content.delete_comment(comment_id=comment.id, actor_id=actor_id)

    def _follow(self):
        people.follow_user(username=self._someone().username, actor_id=self._someone().id)

    def _unfollow(self):
        if follow := self._any(Follow):
            people.unfollow_user(username=follow.followee.username, actor_id=follow.follower_id)

    def _answer(self):
        if request := self._any(FollowRequest):
            answer = self.dice.choice([people.approve_request, people.reject_request])
            answer(username=request.follower.username, actor_id=request.followee_id)

    def _block(self):
        people.block_user(username=self._someone().username, actor_id=self._someone().id)

    def _unblock(self):
        if block := self._any(Block):
            people.unblock_user(username=block.blocked.username, actor_id=block.blocker_id)

    def _suspend(self):
        people.suspend_user(username=self._someone().username)

    def _unsuspend(self):
        people.unsuspend_user(username=self._someone().username)

    def _read(self):
        notifications.mark_read(user_id=self._someone().id)

    def _delete(self):
        post = Post.objects.get(pk=self.dice.choice(self.posts))
        content.delete_post(post_id=post.id, actor_id=post.author_id)

    def _post(self):
        with transaction.atomic():
            post = make_post(self._someone())  # published, as its last photo would do it
            outbox.record(PostPublished(post_id=post.id, author_id=post.author_id), for_user=post.author_id)
        self.posts.append(post.id)

    def _any(self, model):
        rows = list(model.objects.all())
        return self.dice.choice(rows) if rows else None


def silent():
    """Pairs of people who keep silence for each other, both ways round."""
    pairs = set(Block.objects.values_list("blocker_id", "blocked_id"))
    return pairs | {(other, one) for one, other in pairs}


def entries_that_should_be():
    """Whom each person has heard of, and for what: from likes, comments and follows alone."""
    hushed, active = silent(), set(User.objects.filter(is_active=True).values_list("id", flat=True))
    posts = dict(Post.objects.filter(deleted_at=None).values_list("id", "author_id"))
    deeds = [(posts.get(like.post_id), "like", like.post_id, like.user_id) for like in Like.objects.all()]
    deeds += [(posts.get(said.post_id), "comment", said.id, said.author_id) for said in Comment.objects.all()]
    deeds += [(follow.followee_id, "follow", 0, follow.follower_id) for follow in Follow.objects.all()]
    return {
        deed for deed in deeds
        if deed[0] is not None and deed[0] != deed[3] and deed[3] in active and (deed[0], deed[3]) not in hushed
    }  # fmt: skip


def entries_that_are():
    """The entries that people are shown."""
    return set(Entry.objects.filter(hidden=False).values_list("recipient_id", "kind", "object_id", "actor_id"))


def groups_that_should_be():
    """Of each group that shows somebody: how many people, and its newest entry."""
    actors, newest = defaultdict(set), {}
    for entry in Entry.objects.filter(hidden=False).order_by("id"):
        actors[entry.group_id].add(entry.actor_id)
        newest[entry.group_id] = entry.id
    return {group_id: (len(who), newest[group_id]) for group_id, who in actors.items()}


def groups_that_are():
    """The same, as the groups' own columns have it."""
    shown = Group.objects.filter(actor_count__gt=0)
    return {group.id: (group.actor_count, group.latest_id) for group in shown}


def badge_that_should_be(user_id):
    """How many groups hold something newer than what was read."""
    newest = groups_that_should_be()
    return sum(newest.get(group.id, (0, 0))[1] > group.read_id for group in Group.objects.filter(recipient_id=user_id))


def feed_that_should_be(viewer):
    """The ids of the posts of a person's feed, newest first: from posts, follows and blocks alone."""
    followed = set(Follow.objects.filter(follower=viewer).values_list("followee_id", flat=True))
    hushed = silent()
    posts = Post.objects.filter(deleted_at=None, published_at__isnull=False, author__is_active=True).order_by("-id")
    return [
        post.id for post in posts
        if post.author_id in followed | {viewer.id} and (viewer.id, post.author_id) not in hushed
    ]  # fmt: skip
