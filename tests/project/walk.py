"""People who do and undo whatever comes to their minds."""

import random

from django.db import transaction

from accounts import actions as people
from accounts.models import Block, Follow, FollowRequest, Mute
from content import actions as content
from content.models import Comment, CommentLike, Like, Post, Save
from core.problems import Problem
from events import outbox
from events.types import PostPublished
from notifications import actions as notifications
from project import feeds
from tests.support.build import make_post, make_users

NAMES = ("ana", "ben", "chloe", "dan", "eve", "fay", "gil", "hana")
POSTS = 16
TAGS = ("dawn", "dusk")
WORDS = ("", "Lovely", "At sea", "#dawn", "At sea, #dusk", "@ana look", "#dawn @ben @gil", "@chloe @dan at sea")
MOST_DRAINED = 40  # steps between two drains: what is done and undone within one batch leaves no trace


class Walk:
    """A crowd that takes random steps; what the policy refuses is a step too."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.users = make_users(*NAMES)
        for user in self.users[-2:]:
            people.update_profile(user_id=user.id, private=True)
        self.posts, self.new = [], []
        for _ in range(POSTS):
            self._post()

    def step(self):
        """One deed, or one undoing."""
        deed, weight = zip(*self._deeds().items(), strict=True)
        try:
            self.dice.choices(deed, weight)[0]()
        except Problem:
            return

    def hand_out(self):
        """What the worker does about posts that are new."""
        for author_id, post_id in self.new:
            feeds.announce(author_id=author_id, post_id=post_id, gone=False, ver=1)
        self.new.clear()

    def _deeds(self):
        return {
            self._like: 30, self._unlike: 20, self._comment: 10, self._reply: 6, self._uncomment: 6,
            self._like_comment: 12, self._unlike_comment: 8, self._save: 4, self._unsave: 3, self._edit: 2,
            self._follow: 10, self._unfollow: 6, self._answer: 5, self._block: 2, self._unblock: 3,
            self._mute: 2, self._unmute: 2, self._suspend: 1, self._unsuspend: 2, self._read: 4,
            self._archive: 2, self._unarchive: 3, self._delete: 2, self._restore: 2, self._post: 1,
            self._privacy: 1, self._visibility: 1,
        }  # fmt: skip

    def _someone(self):
        return self.dice.choice(self.users)

    def _like(self):
        content.like_post(post_id=self.dice.choice(self.posts), actor_id=self._someone().id)

    def _unlike(self):
        if like := self._any(Like):
            content.unlike_post(post_id=like.post_id, actor_id=like.user_id)

    def _comment(self):
        text = self.dice.choice(WORDS[1:])
        content.comment(post_id=self.dice.choice(self.posts), actor_id=self._someone().id, text=text)

    def _reply(self):
        if comment := self._any(Comment):
            text, actor_id = self.dice.choice(WORDS[1:]), self._someone().id
            content.comment(post_id=comment.post_id, actor_id=actor_id, text=text, parent_id=comment.id)

    def _like_comment(self):
        if comment := self._any(Comment):
            content.like_comment(comment_id=comment.id, actor_id=self._someone().id)

    def _unlike_comment(self):
        if like := self._any(CommentLike):
            content.unlike_comment(comment_id=like.comment_id, actor_id=like.user_id)

    def _save(self):
        content.save_post(post_id=self.dice.choice(self.posts), actor_id=self._someone().id)

    def _unsave(self):
        if save := self._any(Save):
            content.unsave_post(post_id=save.post_id, actor_id=save.user_id)

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

    def _mute(self):
        notifications = self.dice.random() < 0.5
        people.mute_user(username=self._someone().username, actor_id=self._someone().id, notifications=notifications)

    def _unmute(self):
        if mute := self._any(Mute):
            people.unmute_user(username=mute.muted.username, actor_id=mute.muter_id)

    def _privacy(self):
        people.update_profile(user_id=self._someone().id, private=self.dice.random() < 0.5)

    def _suspend(self):
        people.suspend_user(username=self._someone().username)

    def _unsuspend(self):
        people.unsuspend_user(username=self._someone().username)

    def _read(self):
        notifications.mark_read(user_id=self._someone().id)

    def _edit(self):
        self._with_own_post(content.edit_post, caption=self.dice.choice(WORDS))

    def _visibility(self):
        self._with_own_post(content.edit_post, visibility=self.dice.choice(["public", "followers"]))

    def _archive(self):
        self._with_own_post(content.archive_post)

    def _unarchive(self):
        self._with_own_post(content.unarchive_post, archived_at__isnull=False)

    def _delete(self):
        self._with_own_post(content.delete_post)

    def _restore(self):
        self._with_own_post(content.restore_post, deleted_at__isnull=False)

    def _post(self):
        with transaction.atomic():
            caption = self.dice.choice(("", "At sea", "#dawn"))
            post = make_post(self._someone(), caption=caption)  # published, as its last photo would do it
            outbox.record(PostPublished(post_id=post.id, author_id=post.author_id), for_user=post.author_id)
        self.posts.append(post.id)
        self.new.append((post.author_id, post.id))

    def _with_own_post(self, action, **changes):
        which = {name: changes.pop(name) for name in list(changes) if "__" in name}
        if ids := list(Post.objects.filter(pk__in=self.posts, **which).order_by("pk").values_list("pk", "author_id")):
            post_id, author_id = self.dice.choice(ids)
            action(post_id=post_id, actor_id=author_id, **changes)

    def _any(self, model):
        rows = model.objects.order_by("pk")
        number = rows.count()
        return rows[self.dice.randrange(number)] if number else None
