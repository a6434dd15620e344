"""The table event → handlers: what follows from what. The work of each lies in its floor; here they only meet."""

from collections.abc import Callable, Iterable

import accounts.counters
import content.counters
import content.threads
from content import queries
from content.cards import post_url
from events import types
from events.outbox import Waiting
from notifications import groups, hiding, purged, reading, senders
from ops import pulse
from project import acquaintance, control, moderation, showing, threads
from project.effects import Effects
from realtime import bus
from realtime.log import Told


def lock_people(waiting: list[Waiting], _: Effects) -> None:
    """Lock everybody whose counts change, at once and in order: two drains that lock in two steps could deadlock."""
    people: set[int] = set()
    for item in waiting:
        match item.event:
            case types.UserFollowed(follower_id=follower, followee_id=followee):
                people |= {follower, followee}
            case types.UserUnfollowed(follower_id=follower, followee_id=followee):
                people |= {follower, followee}
            case types.PostPublished(author_id=author) | types.PostDeleted(author_id=author):
                people.add(author)
    accounts.counters.lock(people)


def count_people(waiting: list[Waiting], _: Effects) -> None:
    """Followers and followings."""
    follows = [item.event for item in waiting if isinstance(item.event, types.UserFollowed | types.UserUnfollowed)]
    accounts.counters.apply(follows)


def count_posts(waiting: list[Waiting], effects: Effects) -> None:
    """Counts of posts, comments and people's posts; those of posts go to whoever has one on the screen."""
    events = [item.event for item in waiting]
    effects.counting = content.counters.apply_later(events)
    effects.counting_comments = content.threads.apply_later(events)


def notify(waiting: list[Waiting], effects: Effects) -> None:
    """Tell people what others did, grouped."""
    effects.told += groups.apply(waiting)


def hide(waiting: list[Waiting], effects: Effects) -> None:
    """Take what silent and suspended people did, and what is out of sight, out of notifications, or bring it back."""
    effects.told += hiding.apply(waiting)


def forget(waiting: list[Waiting], _: Effects) -> None:
    """Remove what others were told of posts that are gone; after it was hidden, which tells them."""
    purged.apply(waiting)


def weigh(waiting: list[Waiting], _: Effects) -> None:
    """Have what followed people did hidden or shown to those who want to hear of no others."""
    senders.apply(waiting)


def tell_read(waiting: list[Waiting], effects: Effects) -> None:
    """Tell a person's other devices what they have seen and read."""
    effects.told += reading.told(waiting)


def tell_media(waiting: list[Waiting], effects: Effects) -> None:
    """Tell owners that a photo is ready, or why it is not."""
    events = [item.event for item in waiting if isinstance(item.event, types.MediaFinished)]
    media = queries.media_by_id([event.media_id for event in events])
    for event in events:
        if event.media_id in media:
            view = media[event.media_id]
            data = {"media": view.as_dict(), "post": str(view.post_id) if view.post_id else None}
            effects.told.append(Told(event.owner_id, "post.media", data))


def tell_published(waiting: list[Waiting], effects: Effects) -> None:
    """Tell authors that a post which waited for its photos is out."""
    for item in waiting:
        if isinstance(item.event, types.PostPublished) and not item.event.again:
            data = {"post": str(item.event.post_id), "url": post_url(item.event.post_id)}
            effects.told.append(Told(item.event.author_id, "post.published", data))


def echo_like(waiting: list[Waiting], effects: Effects) -> None:
    """Show a person's own like on all of their devices."""
    for item in waiting:
        event = item.event
        if isinstance(event, types.PostLiked | types.PostUnliked) and event.post_id in effects.counts:
            counts = effects.counts[event.post_id]
            liked = isinstance(event, types.PostLiked)
            data = {"post": str(event.post_id), "liked": liked, "like_count": counts.like_count, "ver": counts.ver}
            effects.told.append(Told(event.actor_id, "post.liked", data, event.mut))


def echo_comment_like(waiting: list[Waiting], effects: Effects) -> None:
    """Show a person's own like of a comment on all of their devices."""
    for item in waiting:
        event = item.event
        if isinstance(event, types.CommentLiked | types.CommentUnliked) and event.comment_id in effects.comment_counts:
            counts = effects.comment_counts[event.comment_id]
            data = {
                "comment": str(event.comment_id),
                "post": str(event.post_id),
                "liked": isinstance(event, types.CommentLiked),
                "like_count": counts.like_count,
                "ver": counts.ver,
            }
            effects.told.append(Told(event.actor_id, "comment.liked", data, event.mut))


def echo_save(waiting: list[Waiting], effects: Effects) -> None:
    """Show on a person's own devices, and on nobody else's, what they keep."""
    for item in waiting:
        if isinstance(item.event, types.PostSaved | types.PostUnsaved):
            data = {"post": str(item.event.post_id), "saved": isinstance(item.event, types.PostSaved)}
            effects.told.append(Told(item.event.user_id, "post.saved", data, item.event.mut))


def echo_post_mute(waiting: list[Waiting], effects: Effects) -> None:
    """Show on a person's own devices of which posts they want to hear no more."""
    for item in waiting:
        if isinstance(item.event, types.PostMuted | types.PostUnmuted):
            data = {"post": str(item.event.post_id), "muted": isinstance(item.event, types.PostMuted)}
            effects.told.append(Told(item.event.user_id, "post.muted", data, item.event.mut))


def tell_follows(waiting: list[Waiting], effects: Effects) -> None:
    """Show a person's own follows on all of their devices, and tell private people who asks."""
    effects.told += acquaintance.told(waiting)


def tell_renamed(waiting: list[Waiting], effects: Effects) -> None:
    """Tell a person's own devices what they are called now."""
    for item in waiting:
        if isinstance(item.event, types.UserRenamed):
            data = {"username": item.event.new, "former": item.event.old}
            effects.told.append(Told(item.event.user_id, "user.renamed", data, item.event.mut))


def tell_hubs(waiting: list[Waiting], effects: Effects) -> None:
    """Tell every hub whose rights have shrunk."""
    effects.told += control.entries(waiting)


def answer_pulses(waiting: list[Waiting], effects: Effects) -> None:
    """Let each web process hear its own pulse."""
    for item in waiting:
        if isinstance(item.event, types.Pulsed):
            effects.shown.append(bus.Message(pulse.channel(item.event.sender), str(item.event.number)))


def tell_tested(waiting: list[Waiting], effects: Effects) -> None:
    """Take an operator's test event to every device of its person, as a like would go."""
    for item in waiting:
        if isinstance(item.event, types.Tested):
            data = {"test": item.event.test_id, "recorded_at": item.recorded_at.isoformat()}
            effects.told.append(Told(item.event.user_id, "test", data))


Handler = Callable[[list[Waiting], Effects], None]

# Handlers run in this order, each once a batch with the events named for it: counts come before what shows them.
TABLE: dict[Handler, tuple[type[types.Event], ...]] = {
    lock_people: (types.UserFollowed, types.UserUnfollowed, types.PostPublished, types.PostDeleted),
    count_people: (types.UserFollowed, types.UserUnfollowed),
    count_posts: (
        types.PostLiked,
        types.PostUnliked,
        types.CommentAdded,
        types.CommentDeleted,
        types.CommentLiked,
        types.CommentUnliked,
        types.CommentPinned,
        types.PostPublished,
        types.PostEdited,
        types.PostDeleted,
    ),
    notify: (
        types.PostLiked,
        types.PostUnliked,
        types.CommentAdded,
        types.CommentDeleted,
        types.CommentReplied,
        types.ReplyDeleted,
        types.CommentLiked,
        types.CommentUnliked,
        types.CommentGone,
        types.UserMentioned,
        types.UserUnmentioned,
        types.PostPurged,
        types.UserFollowed,
        types.UserUnfollowed,
    ),
    hide: hiding.EVENTS,
    forget: (types.PostPurged,),
    weigh: (types.UserFollowed, types.UserUnfollowed),
    tell_read: (types.NotificationsSeen, types.NotificationsRead),
    tell_media: (types.MediaFinished,),
    tell_published: (types.PostPublished,),
    echo_like: (types.PostLiked, types.PostUnliked),
    echo_comment_like: (types.CommentLiked, types.CommentUnliked),
    echo_save: (types.PostSaved, types.PostUnsaved),
    echo_post_mute: (types.PostMuted, types.PostUnmuted),
    tell_follows: acquaintance.EVENTS,
    tell_renamed: (types.UserRenamed,),
    tell_hubs: control.EVENTS,
    moderation.tell: (types.CaseChanged,),
    moderation.show: (types.CaseChanged,),
    threads.show: threads.EVENTS,
    showing.show_profiles: (types.UserFollowed, types.UserUnfollowed, types.PostPublished, types.PostDeleted),
    showing.announce_posts: (types.PostPublished, types.PostDeleted),
    answer_pulses: (types.Pulsed,),
    tell_tested: (types.Tested,),
}


def derive(waiting: Iterable[Waiting]) -> Effects:
    """Run every handler over a batch, in the drain's transaction."""
    batch = list(waiting)
    effects = Effects()
    there = {type(item.event) for item in batch}
    for handler, kinds in TABLE.items():
        if not there.isdisjoint(kinds):
            handler([item for item in batch if type(item.event) in kinds], effects)
    return effects
