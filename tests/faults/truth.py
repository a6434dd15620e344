"""What the database says at the end: the facts, what was derived from them, and each person's log."""

import json
from collections import Counter, defaultdict

from accounts.models import Follow
from content.models import Comment, Like, Post
from events.models import OutboxRow
from notifications.models import Entry
from realtime.models import UserEvent
from tests.faults.history import Rows


def read():
    """Read it all; nothing may be under way."""
    authors = dict(Post.objects.values_list("id", "author_id"))
    likes = set(Like.objects.values_list("post_id", "user_id"))
    follows = set(Follow.objects.values_list("follower_id", "followee_id"))
    comments = list(Comment.objects.values_list("id", "post_id", "author_id"))
    liked = Counter(post for post, _ in likes)
    commented = Counter(post for _, post, _ in comments)
    alive = set(Post.objects.filter(deleted_at__isnull=True).values_list("id", flat=True))
    due = {(authors[post], "like", post, user) for post, user in likes if post in alive}
    due |= {(authors[post], "comment", comment, user) for comment, post, user in comments if post in alive}
    due |= {(followee, "follow", 0, follower) for follower, followee in follows}
    return Rows(
        likes=likes,
        follows=follows,
        comments={comment for comment, _, _ in comments},
        events=logs(),
        counts={post: (liked[post], commented[post]) for post in authors},
        kept={post: (likes, said) for post, likes, said in kept_counts()},
        entries=set(Entry.objects.filter(hidden=False).values_list("recipient_id", "kind", "object_id", "actor_id")),
        due={entry for entry in due if entry[0] != entry[3]},
        outbox=OutboxRow.objects.count(),
    )


def kept_counts():
    """The counters that stand beside the posts."""
    return list(Post.objects.values_list("id", "like_count", "comment_count"))


def logs():
    """Each person's frames; the first has seq 1."""
    found = defaultdict(list)
    for user, frame in UserEvent.objects.order_by("user_id", "seq").values_list("user_id", "frame"):
        found[user].append(json.loads(frame))
    return found
