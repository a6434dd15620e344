"""Who may see and undo what. Ids in, bool out; the same filters as every list (`visible_to` in content.models)."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from content.models import Comment, Post
from core.prepared import prepared
from core.problems import NotFound


def can_view_post(viewer_id: int | None, post_id: int) -> bool:
    """Whether a viewer, or anybody when None, may know that this post exists."""
    return bool(_post(viewer_id=viewer_id, post_id=post_id))


def check_can_view_post(viewer_id: int | None, post_id: int) -> None:
    """See that a viewer may know that this post exists.

    Raises:
        NotFound: if not, or if there is none.
    """
    if not can_view_post(viewer_id, post_id):
        raise NotFound(_("There is no such post."))


def can_delete_comment(viewer_id: int, comment_id: int) -> bool:
    """Whether a viewer may delete this comment: they wrote it, or it stands under their post."""
    mine = Q(author_id=viewer_id) | Q(post__author_id=viewer_id)
    return Comment.objects.filter(mine, pk=comment_id).exists()


@prepared
def _post(*, viewer_id: int | None, post_id: int) -> QuerySet[Post, tuple[int]]:
    return Post.objects.visible_to(viewer_id).filter(pk=post_id).values_list("id")
