"""Writes the story down as rows: facts with ids of the past, and the outbox rows of the deeds. Derives nothing."""

import itertools
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.models import Follow, User
from content.actions.tagging import tag
from content.imaging import AVATAR_SIZES
from content.models import Comment, Like, Media, MediaPurpose, MediaState, Post
from core.ids import id_at
from events import outbox, types
from events.models import OutboxRow
from project.demo.cast import OPERATOR, Member
from project.demo.conditions import EMAIL_DOMAIN
from project.demo.darkroom import Darkroom, Print
from project.demo.story import Story

PASSWORD = "photophore"  # noqa: S105 -- public on purpose; `conditions` keeps it off real people's databases
SHARD = 8191  # of the demo's ids: no process that serves people makes ids with it, so none can clash
UPLOAD = timedelta(seconds=20)  # from the first photo of a post to the post

People = Mapping[str, int]  # username → id
Recorded = tuple[datetime, int, types.Event]  # when, for whom, what


class Ids:
    """Ids of the past, each once, though many rows share a moment."""

    def __init__(self) -> None:
        self._sequence = itertools.count()

    def at(self, moment: datetime) -> int:
        """The next id of a moment; 1,024 of one millisecond are distinct."""
        return id_at(moment, shard=SHARD, sequence=next(self._sequence))


def write_people(members: Iterable[Member], joined: Mapping[str, datetime], darkroom: Darkroom, ids: Ids) -> People:
    """Make people with avatars, all with the one password: hashed once, as that is slow on purpose."""
    hashed = make_password(PASSWORD)
    users, avatars = [], []
    for member in members:
        at = joined[member.username]
        avatar = darkroom.avatar(member.avatar)
        user = _user(member, at, hashed, avatar.folder, ids)
        users.append(user)
        avatars.append(_media(avatar, owner_id=user.id, at=at, ids=ids, alt=member.avatar.alt, face=True))
    User.objects.bulk_create(users)
    Media.objects.bulk_create(avatars)
    return {user.username: user.id for user in users}


def write_posts(story: Story, people: People, darkroom: Darkroom, ids: Ids) -> list[Post]:
    """Make the posts with their photos, in the order of the story."""
    posts, photos = [], []
    for script, at in zip(story.scripts, story.posted, strict=True):
        author = people[script.author]
        post = Post(id=ids.at(at), author_id=author, caption=script.caption, published_at=at)
        posts.append(post)
        for position, shot in enumerate(script.shots):
            copy, sent = darkroom.photo(shot), at - UPLOAD + timedelta(seconds=position)
            photos.append(
                _media(copy, owner_id=author, at=sent, ids=ids, alt=shot.alt, post_id=post.id, position=position)
            )
    Post.objects.bulk_create(posts)
    Media.objects.bulk_create(photos)
    for post in posts:
        tag(post.id, post.caption)
    return posts


def write_deeds(story: Story, people: People, posts: list[Post], ids: Ids) -> None:
    """Make follows, likes and comments, and record those and the posts in the outbox, in the order of time."""
    recorded: list[Recorded] = [
        (at, post.author_id, types.PostPublished(post_id=post.id, author_id=post.author_id))
        for post, at in zip(posts, story.posted, strict=True)
    ]
    recorded += _write_follows(story, people, ids)
    recorded += _write_likes(story, people, posts, ids)
    recorded += _write_comments(story, people, posts, ids)
    _record(sorted(recorded, key=lambda row: row[0]))


def _user(member: Member, at: datetime, hashed: str, avatar: str, ids: Ids) -> User:
    return User(
        id=ids.at(at),
        username=member.username,
        name=member.name,
        bio=member.bio,
        email=f"{member.username}@{EMAIL_DOMAIN}",
        password=hashed,
        avatar=avatar,
        is_staff=member.username == OPERATOR,
        date_joined=at,
    )


def _media(
    copy: Print,
    *,
    owner_id: int,
    at: datetime,
    ids: Ids,
    alt: str,
    post_id: int | None = None,
    position: int = 0,
    face: bool = False,
) -> Media:
    made = copy.rendered.renditions
    # An avatar has each of its sizes even if the photo is smaller, as its addresses are fixed.
    names = {side: made[min(side, max(made))] for side in AVATAR_SIZES} if face else made
    return Media(
        id=ids.at(at),
        owner_id=owner_id,
        post_id=post_id,
        position=position,
        purpose=MediaPurpose.AVATAR if face else MediaPurpose.POST,
        state=MediaState.READY,
        folder=copy.folder,
        alt=alt,
        width=copy.rendered.width,
        height=copy.rendered.height,
        blurhash=copy.rendered.blurhash,
        placeholder=copy.rendered.placeholder,
        renditions={str(width): name for width, name in names.items()},
        attempts=1,
        created_at=at,
        started_at=at,
    )


def _write_follows(story: Story, people: People, ids: Ids) -> list[Recorded]:
    rows = []
    recorded: list[Recorded] = []
    for follow in story.follows:
        follower, followee = people[follow.follower], people[follow.followee]
        rows.append(Follow(id=ids.at(follow.at), follower_id=follower, followee_id=followee))
        event = types.UserFollowed(follower_id=follower, followee_id=followee)
        recorded.append((follow.at, followee, event))
    Follow.objects.bulk_create(rows)
    return recorded


def _write_likes(story: Story, people: People, posts: list[Post], ids: Ids) -> list[Recorded]:
    rows = []
    recorded: list[Recorded] = []
    for like in story.likes:
        post, actor = posts[like.post], people[like.user]
        rows.append(Like(id=ids.at(like.at), post_id=post.id, user_id=actor))
        event = types.PostLiked(post_id=post.id, author_id=post.author_id, actor_id=actor)
        recorded.append((like.at, post.author_id, event))
    Like.objects.bulk_create(rows)
    return recorded


def _write_comments(story: Story, people: People, posts: list[Post], ids: Ids) -> list[Recorded]:
    rows = []
    recorded: list[Recorded] = []
    for comment in story.comments:
        post, actor = posts[comment.post], people[comment.author]
        row = Comment(id=ids.at(comment.at), post_id=post.id, author_id=actor, text=comment.text)
        rows.append(row)
        event = types.CommentAdded(comment_id=row.id, post_id=post.id, author_id=post.author_id, actor_id=actor)
        recorded.append((comment.at, post.author_id, event))
    Comment.objects.bulk_create(rows)
    return recorded


def _record(recorded: list[Recorded]) -> None:
    rows = OutboxRow.objects.bulk_create(
        OutboxRow(shard=outbox.shard_of(person), event=types.encode(event)) for _, person, event in recorded
    )
    # The column fills itself with the present; notifications of follows are grouped by the day of the deed.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox SET created_at = past.at FROM unnest(%s::bigint[], %s::timestamptz[]) AS past (id, at) "
            "WHERE outbox.id = past.id",
            [[row.id for row in rows], [at for at, _, _ in recorded]],
        )
