"""The Celery edges of content. Each makes one call; ids as arguments, so that a task may run any number of times."""

from celery import shared_task

from content import actions, ranking


@shared_task(name="content.render_media")
def render_media(*, media_id: int, **_: object) -> None:  # **_: an old worker may meet a new argument
    """Make a photo's renditions."""
    actions.render(media_id=media_id)


@shared_task(name="content.watch_media")
def watch_media(**_: object) -> None:
    """Bring stalled photos to an end; run by beat."""
    actions.watch_media()


@shared_task(name="content.purge_media")
def purge_media(*, media_ids: list[int], **_: object) -> None:
    """Remove the files of deleted photos."""
    actions.purge(media_ids=media_ids)


@shared_task(name="content.rank_posts")
def rank_posts(**_: object) -> None:
    """Rank what explore shows; run by beat."""
    ranking.rank_posts()


@shared_task(name="content.purge_posts")
def purge_posts(**_: object) -> None:
    """Remove posts that were deleted too long ago to be restored; run by beat each night."""
    actions.purge_posts()
