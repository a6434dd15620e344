"""The moment at which a post becomes visible: once, when the last of its photos is ready."""

from content.actions.mentions import mention
from content.models import Media, MediaState, Post
from core import clock
from events import outbox
from events.types import PostPublished


def publish_if_ready(post_id: int) -> bool:
    """Publish a post whose photos are all ready, in the caller's transaction; return whether this call did.

    Call it after the change to its photo, never before: of two photos that are finished at once, the later one waits
    here for the earlier, and then sees it.
    """
    waiting = Post.objects.select_for_update(no_key=True).filter(pk=post_id, published_at=None, deleted_at=None)
    post = waiting.values_list("author_id", "caption").first()
    states = set(Media.objects.kept().filter(post_id=post_id).values_list("state", flat=True))
    if post is None or states != {MediaState.READY}:
        return False
    author_id, caption = post
    Post.objects.filter(pk=post_id).update(published_at=clock.now())
    outbox.record(PostPublished(post_id=post_id, author_id=author_id), for_user=author_id)
    mention(post_id=post_id, actor_id=author_id, text=caption)
    return True
