"""Where sockets go, and the rule of each kind of topic: the one place where realtime meets the domain's policies."""

from collections.abc import Mapping

from channels.routing import URLRouter
from django.urls import path

from content import queries
from content.cards import PostCounts
from realtime import hub
from realtime.consumer import LiveConsumer
from realtime.topics import Ask, Domain, TopicState


def post_rule(asks: list[Ask]) -> Mapping[Ask, TopicState]:
    """The posts among these that the viewers may see, by the same policy as everywhere, with their counts."""
    wanted = {(viewer_id, int(key)): (viewer_id, key) for viewer_id, key in asks if _is_id(key)}
    counts = queries.visible_counts_for(wanted)
    return {wanted[ask]: _post_state(count) for ask, count in counts.items()}


def _post_state(count: PostCounts) -> TopicState:
    return TopicState(count.ver, {"likes": count.like_count, "comments": count.comment_count}, count.author_id)


def _is_id(key: str) -> bool:
    """Whether a key is an id, spelt as we spell it: `07` is a name of nothing."""
    return key.isascii() and key.isdecimal() and key[0] != "0" and int(key) < 2**63


DOMAIN = Domain(rules={"post": post_rule}, counts=queries.counts_of)
hub.serve(DOMAIN)

websocket = URLRouter([path("rt", LiveConsumer.as_asgi())])
