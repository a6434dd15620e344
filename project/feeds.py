"""Tells followers' open feeds that somebody has posted. A hint for those who look now; feeds are read from posts."""

from accounts import queries as people
from content import queries
from realtime import bus, protocol

FOLLOWERS_A_BATCH = 1_000
MOST_FOLLOWERS = 10_000  # beyond it a feed is asked for, not told: one post would be a storm of messages


def announce(*, author_id: int, post_id: int, gone: bool, ver: int) -> int:
    """Tell the feeds of an author's followers of a post that came or went; answer how many. Repeating is harmless."""
    if not gone and post_id not in queries.counts_of([post_id]):
        return 0  # it went before we came
    data = {"removed": str(post_id)} if gone else {"post": str(post_id), "author": str(author_id)}
    frame = protocol.state("feed", ver, data)
    told = last = 0
    while told < MOST_FOLLOWERS:
        followers = people.followers_after(author_id, after=last, limit=FOLLOWERS_A_BATCH)
        if not followers:
            break
        bus.publish([bus.of_state(f"feed:{follower}", frame, author_id) for follower in followers])
        told, last = told + len(followers), followers[-1]
    return told
