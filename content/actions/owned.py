"""A post that its author alone may change, locked; somebody else's is refused, one out of sight is not there."""

from django.utils.translation import gettext as _

from content import policies
from content.models import Post
from core.problems import Forbidden, NotFound


def own_post(post_id: int, actor_id: int) -> Post:
    """Lock and return a post of the actor's own that is not deleted, in the caller's transaction.

    With NO KEY: likes and comments must not wait for its author.

    Raises:
        NotFound: if the actor may not see it.
        Forbidden: if it is somebody else's.
    """
    own = Post.objects.kept().filter(pk=post_id, author_id=actor_id, author__is_active=True)
    post = own.select_for_update(no_key=True, of=("self",)).first()
    if post is not None:
        return post
    if policies.can_view_post(actor_id, post_id):
        raise Forbidden(_("Only its author may change or delete a post."))
    raise NotFound(_("There is no such post."))
