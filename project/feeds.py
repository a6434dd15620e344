"""Hands a post to the feeds of an author's followers, and tells those who look now. Feeds ask SQL what they show."""

import redis
from django.conf import settings

from accounts import actions
from accounts import queries as people
from content import feedlists, queries
from realtime import bus, protocol

FOLLOWERS_A_BATCH = 1_000
MOST_FOLLOWERS = 10_000  # beyond it a feed is asked for, not told: one post would be a storm of messages


def announce(*, author_id: int, post_id: int, gone: bool, ver: int) -> int:
    """Hand out a post that came, or say that one went, in one pass over the followers; answer how many were told.

    Repeating is harmless.

    Raises:
        redis.RedisError: if some lists have not got the post; all feeds have been told all the same.
    """
    # One that went before we came is no news; lists have it all the same, as it may come back.
    telling = gone or post_id in queries.counts_of([post_id])
    data = {"removed": str(post_id)} if gone else {"post": str(post_id), "author": str(author_id)}
    frame = protocol.state("feed", ver, data)
    handing = not gone and not actions.pull(user_id=author_id, above=settings.FEED_PULL_FOLLOWERS)
    told = last = 0
    lost: redis.RedisError | None = None
    while (telling and told < MOST_FOLLOWERS) or handing:
        follows = people.followers_after(author_id, after=last, limit=FOLLOWERS_A_BATCH)
        if not follows:
            break
        last = follows[-1][0]
        followers = [follower for _, follower in follows]
        if telling and told < MOST_FOLLOWERS:
            bus.publish([bus.of_state(f"feed:{follower}", frame, author_id) for follower in followers])
            told += len(followers)
        if handing:
            lost = _hand(post_id, followers) or lost
    if lost:
        raise lost
    return told


def _hand(post_id: int, followers: list[int]) -> redis.RedisError | None:
    try:
        feedlists.push(post_id, followers)
    except redis.RedisError as error:
        feedlists.pause()
        return error
    return None
