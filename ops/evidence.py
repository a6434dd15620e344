"""What a report keeps of what it is about, as it was at that moment: it outlives the thing itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.people import PERSON_FIELDS, Person, person_of
from accounts.policies import named_to
from content.cards import post_url, rfc3339
from content.models import Comment, Media, Post
from core.ids import created_at
from core.problems import NotFound
from ops.models import Kind


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whose the thing is, and what was there."""

    person: Person
    seen: dict[str, Any]

    @property
    def person_id(self) -> int:
        """Whose it is, by id."""
        return self.person.id


def gather(kind: str, object_id: int, *, viewer_id: int) -> Evidence:
    """What there is to a person, a post or a comment that a viewer sees, in two queries at most.

    A person whom the viewer has blocked counts as seen: one often blocks first, and reports then.

    Raises:
        NotFound: if the viewer may not see it.
    """
    found = _GATHER[kind](object_id, viewer_id)
    if found is None:
        raise NotFound(_("There is no such thing here."))
    return found


def _of_user(user_id: int, viewer_id: int) -> Evidence | None:
    user = User.objects.filter(named_to(viewer_id), id=user_id).first()
    if user is None:
        return None
    person = person_of(user)
    return Evidence(person, {"person": person.as_dict(), "bio": user.bio, "private": user.is_private})


def _of_post(post_id: int, viewer_id: int) -> Evidence | None:
    post = Post.objects.visible_to(viewer_id).filter(pk=post_id).select_related("author").first()
    if post is None:
        return None
    media = Media.objects.kept().filter(post_id=post_id).order_by("position", "id")
    person = person_of(post.author)
    seen = {
        "person": person.as_dict(),
        "caption": post.caption,
        "visibility": post.visibility,
        "url": post_url(post.id),
        "created_at": rfc3339(created_at(post.id)),
        "media": [_of_media(one) for one in media.only("alt", "kind", "width", "height")],
    }
    return Evidence(person, seen)


def _of_media(media: Media) -> dict[str, Any]:
    kind = str(media.kind)
    return {"id": str(media.id), "alt": media.alt, "kind": kind, "width": media.width, "height": media.height}


def _of_comment(comment_id: int, viewer_id: int) -> Evidence | None:
    rows = Comment.objects.shown_to(viewer_id).filter(pk=comment_id).select_related("author")
    comment = rows.only("text", "post_id", "parent_id", *(f"author__{name}" for name in PERSON_FIELDS)).first()
    if comment is None:
        return None
    person = person_of(comment.author)
    seen = {
        "person": person.as_dict(),
        "text": comment.text,
        "parent": str(comment.parent_id) if comment.parent_id else None,
        "url": post_url(comment.post_id),
        "created_at": rfc3339(created_at(comment.id)),
    }
    return Evidence(person, seen)


_GATHER: dict[str, Callable[[int, int], Evidence | None]] = {
    Kind.USER: _of_user,
    Kind.POST: _of_post,
    Kind.COMMENT: _of_comment,
}
