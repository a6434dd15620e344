"""Where sockets go, and the rule of each kind of topic: the one place where realtime meets the domain's policies."""

from channels.routing import URLRouter
from django.urls import path

from content import queries
from realtime.consumer import LiveConsumer
from realtime.topics import Rule, TopicState


def post_rule(viewer_id: int | None, keys: list[str]) -> dict[str, TopicState]:
    """The posts among these that the viewer may see, by the same policy as everywhere, with their counts."""
    ids = [int(key) for key in keys if key.isdecimal() and int(key) < 2**63]
    counts = queries.visible_counts(viewer_id, ids)
    return {
        str(post_id): TopicState(count.ver, {"likes": count.like_count, "comments": count.comment_count})
        for post_id, count in counts.items()
    }


RULES: dict[str, Rule] = {"post": post_rule}

websocket = URLRouter([path("rt", LiveConsumer.as_asgi(rules=RULES))])
