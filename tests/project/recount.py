"""What should follow from the facts, counted anew from their rows alone; and the policy once more, by hand."""

from collections import defaultdict

from accounts.models import Block, Follow, Mute, User
from content.models import Comment, CommentLike, Like, Mention, Post, Save
from content.text import tags_in
from notifications.models import Entry, Group


class Facts:
    """The rows of a moment."""

    def __init__(self):
        self.users = {user.id: user for user in User.objects.all()}
        self.posts = {post.id: post for post in Post.objects.order_by("-id")}
        self.comments = {comment.id: comment for comment in Comment.objects.all()}
        self.follows = set(Follow.objects.values_list("follower_id", "followee_id"))
        blocks = set(Block.objects.values_list("blocker_id", "blocked_id"))
        self.silent = blocks | {(other, one) for one, other in blocks}
        self.muted = set(Mute.objects.values_list("muter_id", "muted_id"))
        self.unheard = set(Mute.objects.filter(notifications=True).values_list("muter_id", "muted_id"))

    def sees(self, viewer_id, post):
        """Whether a person sees a post."""
        author = self.users[post.author_id]
        out = in_sight(post) and author.is_active and (viewer_id, author.id) not in self.silent
        for_few = author.is_private or post.visibility == "followers"
        return out and (not for_few or author.id == viewer_id or (viewer_id, author.id) in self.follows)

    def entries(self):
        """Whom each person has heard of, and for what."""
        return {
            (recipient, kind, about, actor)
            for recipient, kind, about, actor in [*self._told_authors(), *self._told_others()]
            if recipient != actor
            and self.users[actor].is_active
            and (recipient, actor) not in self.silent | self.unheard
        }

    def _told_authors(self):
        """Of one's posts, and of oneself."""
        for like in Like.objects.all():
            if in_sight(post := self.posts[like.post_id]):
                yield post.author_id, "like", post.id, like.user_id
        for said in self.comments.values():
            post = self.posts[said.post_id]
            if in_sight(post) and self._answered(said) != post.author_id:
                yield post.author_id, "comment", said.id, said.author_id
        for follower, followee in self.follows:
            yield followee, "follow", 0, follower

    def _told_others(self):
        """Of comments and of mentions, as long as one sees the post."""
        for said in self.comments.values():
            if said.parent_id and self.sees(self._answered(said), self.posts[said.post_id]):
                yield self._answered(said), "reply", said.id, said.author_id
        for like in CommentLike.objects.all():
            said = self.comments[like.comment_id]
            if self.sees(said.author_id, self.posts[said.post_id]):
                yield said.author_id, "comment_like", said.id, like.user_id
        for row in Mention.objects.all():
            post, said = self.posts[row.post_id], self.comments.get(row.comment_id)
            told_anyway = said and row.user_id in (post.author_id, self._answered(said))
            if self.sees(row.user_id, post) and not told_anyway:
                yield row.user_id, "mention", row.comment_id or post.id, (said or post).author_id

    def _answered(self, said):
        return self.comments[said.parent_id].author_id if said.parent_id else None

    def feed(self, viewer_id):
        """The ids of the posts of a person's feed, newest first."""
        chosen = {followee for follower, followee in self.follows if follower == viewer_id} | {viewer_id}
        return [
            post.id
            for post in self._seen(viewer_id)
            if post.author_id in chosen and (viewer_id, post.author_id) not in self.muted
        ]

    def saved(self, viewer_id):
        """The ids of the posts that a person keeps, the latest kept first."""
        kept = Save.objects.filter(user=viewer_id).order_by("-id").values_list("post_id", flat=True)
        return [post_id for post_id in kept if self.sees(viewer_id, self.posts[post_id])]

    def under(self, viewer_id, tag):
        """The ids of the posts under a hashtag, newest first."""
        return [post.id for post in self._seen(viewer_id) if tag in tags_in(post.caption)]

    def saying(self, viewer_id, words):
        """The ids of the posts whose captions say this, newest first."""
        return [post.id for post in self._seen(viewer_id) if words in post.caption.lower()]

    def _seen(self, viewer_id):
        return [post for post in self.posts.values() if self.sees(viewer_id, post)]


def in_sight(post):
    """Whether a post is out, for anybody at all."""
    return post.published_at is not None and post.deleted_at is None and post.archived_at is None


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


def badges_that_should_be():
    """How many of each person's rows hold something newer than what was read."""
    rows, newest = defaultdict(set), groups_that_should_be()
    for group in Group.objects.all():
        if newest.get(group.id, (0, 0))[1] > group.read_id:
            rows[group.recipient_id].add(group.sitting or group.id)
    return defaultdict(int, {user_id: len(found) for user_id, found in rows.items()})
