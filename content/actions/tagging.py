"""Which hashtags a post stands under: those of its caption."""

from content.models import MAX_TAGS, PostTag, Tag
from content.text import tags_in


def tag(post_id: int, caption: str) -> None:
    """Put a post under the first hashtags of its caption and no others, in the caller's transaction. Repeatable.

    The caller has made the post or holds its lock: of two captions one would otherwise leave the other's hashtags.
    """
    names = sorted(tags_in(caption)[:MAX_TAGS])  # in order: two captions that make the same hashtags never deadlock
    PostTag.objects.filter(post_id=post_id).exclude(tag__name__in=names).delete()
    if names:
        Tag.objects.bulk_create([Tag(name=name) for name in names], ignore_conflicts=True)
        found = Tag.objects.filter(name__in=names)
        PostTag.objects.bulk_create([PostTag(tag=row, post_id=post_id) for row in found], ignore_conflicts=True)
