"""Where sockets and streams go, and the rule of each kind of topic: where realtime meets the domain's policies."""

from collections.abc import Mapping

from channels.routing import URLRouter
from django.urls import path

from accounts import queries as people
from content import queries
from content.cards import PostCounts
from ops import audit, console, tails
from ops import queries as cases
from realtime import hub, polling, presence, sse
from realtime.consumer import LiveConsumer
from realtime.topics import Ask, Domain, Rule, TopicState
from realtime.web import App, Receive, Scope, Send


def post_rule(asks: list[Ask]) -> Mapping[Ask, TopicState]:
    """The posts among these that the viewers may see, by the same policy as everywhere, with their counts."""
    wanted = {(viewer_id, int(key)): (viewer_id, key) for viewer_id, key in asks if _is_id(key)}
    counts = queries.visible_counts_for(wanted)
    return {wanted[ask]: _post_state(count) for ask, count in counts.items()}


def _post_state(count: PostCounts) -> TopicState:
    return TopicState(count.ver, {"likes": count.like_count, "comments": count.comment_count}, count.author_id)


def profile_rule(asks: list[Ask]) -> Mapping[Ask, TopicState]:
    """The profiles among these whose posts the viewers may see, with their numbers."""
    return {
        ask: TopicState(
            numbers.ver,
            {"followers": numbers.followers, "following": numbers.following, "posts": numbers.posts},
            user_id,
        )
        for ask, (user_id, numbers) in people.profiles_open_to(asks).items()
    }


def feed_rule(asks: list[Ask]) -> Mapping[Ask, TopicState]:
    """Everybody's own feed: what is new there. A visitor has none."""
    return {(viewer_id, key): TopicState(0, {}) for viewer_id, key in asks if viewer_id is not None and not key}


def presence_rule(asks: list[Ask]) -> Mapping[Ask, TopicState]:
    """Whether somebody is here: mutual followers see it of each other, unless one of them has switched it off."""
    owners = people.presence_open_to(asks)
    here = presence.online(set(owners.values()))
    return {ask: TopicState(0, {"online": owner in here}, owner) for ask, owner in owners.items()}


def ops_rule(asks: list[Ask]) -> Mapping[Ask, TopicState]:
    """What operators watch, or one tail: for staff, and (`DOMAIN.proven`) only in a session with a second factor.

    That they look is on record before they are told anything, and once an hour while the rule is asked again.
    """
    staff = people.staff_among({viewer_id for viewer_id, _ in asks if viewer_id is not None})
    allowed = [ask for ask in asks if ask[0] in staff and (not ask[1] or tails.is_id(ask[1]))]
    found = tails.read_all({key for _, key in allowed if key})
    snaps = {key: tails.shown(*tail) for key, tail in found.items()}
    subjects = {"": console.SUBJECT} | {key: about.subject for key, (about, _rows) in found.items()}
    audit.watched({(viewer_id, subjects[key]) for viewer_id, key in allowed if viewer_id and key in subjects})
    return {ask: TopicState(0, snaps.get(ask[1], {})) for ask in allowed}


def moderation_rule(asks: list[Ask]) -> Mapping[Ask, TopicState]:
    """The queue of moderators: for staff, and (`DOMAIN.proven`) only in a session that proved a second factor."""
    staff = people.staff_among({viewer_id for viewer_id, _ in asks if viewer_id is not None})
    allowed = [(viewer_id, key) for viewer_id, key in asks if viewer_id in staff and not key]
    if not allowed:
        return {}
    state = TopicState(cases.version(), cases.numbers())  # in this order: what comes in between is shown again
    return dict.fromkeys(allowed, state)


def _is_id(key: str) -> bool:
    """Whether a key is an id, spelt as we spell it: `07` is a name of nothing."""
    return key.isascii() and key.isdecimal() and key[0] != "0" and int(key) < 2**63


RULES: dict[str, Rule] = {
    "post": post_rule,
    "profile": profile_rule,
    "feed": feed_rule,
    "presence": presence_rule,
    "ops": ops_rule,
    "moderation": moderation_rule,
}
DOMAIN = Domain(rules=RULES, counts=queries.counts_of, proven=frozenset({"moderation", "ops"}))
hub.serve(DOMAIN)

websocket = URLRouter([path("rt", LiveConsumer.as_asgi())])

# What may wait for long, in native ASGI: Django keeps threads for a request until it is answered.
WAITING: dict[str, App] = {"/rt/sse": sse.stream, "/api/v1/events": polling.events}


def http(django: App) -> App:
    """Django, with what may wait beside it."""

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        await WAITING.get(scope["path"], django)(scope, receive, send)

    return routed
