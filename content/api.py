"""Posts, photos, likes and comments over REST. Each operation parses, makes one domain call, answers."""

from typing import Annotated, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from ninja.decorators import decorate_view

from accounts.people import Person
from accounts.schemas import PersonOut
from accounts.viewers import ViewerRequest
from content import actions, queries
from content.cards import LikeState
from content.models import MediaPurpose
from content.schemas import (
    AcceptedOut,
    AltIn,
    CommentIn,
    CommentOut,
    EditOut,
    FoundOut,
    LikeOut,
    MediaOut,
    PostChanges,
    PostIn,
    PostOut,
    SaveOut,
)
from core import crossing
from core.cursors import Page
from core.direct import direct
from core.problems import Invalid
from core.rest import After, IdPath, Limit, MutationId, PageOut, answer, answer_page, encoded, link_next

router = Router()

Body = dict[str, Any]
Words = Annotated[str, Query(..., description=f"1 to {queries.MAX_QUERY} characters, in any case and accent.")]

# The middleware has parsed the upload already, in a thread and for PUT too; ninja's own parameters do neither.
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "A photo or video."},
                        "alt": {"type": "string", "description": "What is in it."},
                    },
                }
            }
        },
    }
}


@router.post("/media", response={202: AcceptedOut}, openapi_extra=UPLOAD, tags=["media"])
async def create_media(request: ViewerRequest, mut: MutationId = None) -> Status[Body]:
    """Upload a photo (JPEG, PNG, WebP, AVIF, HEIC) or video (MP4, MOV, WebM). `post.media` tells when it is ready."""
    return await _take_in(request, MediaPurpose.POST, mut)


@router.put("/me/avatar", response={202: AcceptedOut}, openapi_extra=UPLOAD, tags=["me"])
async def set_avatar(request: ViewerRequest, mut: MutationId = None) -> Status[Body]:
    """Upload a photo to show as one's avatar; it does so once it is ready."""
    return await _take_in(request, MediaPurpose.AVATAR, mut)


@router.get("/media/{media_id}", response=MediaOut, tags=["media"])
async def get_media(request: ViewerRequest, media_id: IdPath) -> Body:
    """One photo or video."""
    return (await crossing.call(queries.media_view, request.viewer.id, media_id)).as_dict()


@router.patch("/media/{media_id}", response=MediaOut, tags=["media"])
async def describe_media(request: ViewerRequest, media_id: IdPath, changes: AltIn) -> Body:
    """Say what is in a photo of one's own."""
    media = await crossing.call(actions.describe_media, media_id=media_id, owner_id=request.viewer.id, alt=changes.alt)
    return media.as_dict()


@router.delete("/media/{media_id}", response={204: None}, tags=["media"])
async def delete_media(request: ViewerRequest, media_id: IdPath) -> Status[None]:
    """Delete a photo of one's own that no published post shows."""
    await crossing.call(actions.delete_media, media_id=media_id, owner_id=request.viewer.id)
    return Status(204, None)


@router.post("/posts", response={201: PostOut}, tags=["posts"])
async def create_post(request: ViewerRequest, wanted: PostIn, mut: MutationId = None) -> Status[Body]:
    """Make a post. Others see it once all of its photos and videos are ready."""
    post = await crossing.call(
        actions.create_post,
        author_id=request.viewer.id,
        caption=wanted.caption,
        media_ids=wanted.media,
        visibility=wanted.visibility,
        comments_off=wanted.comments_off,
        mut=mut,
    )
    return Status(201, post.as_dict())


@router.get("/posts/{post_id}", response=PostOut, tags=["posts"])
@decorate_view(direct)
async def get_post(request: ViewerRequest, post_id: IdPath) -> HttpResponse:
    """One post."""
    return answer(request, (await crossing.read(queries.post_card, request.viewer.id, post_id)).json)


@router.delete("/posts/{post_id}", response={204: None}, tags=["posts"])
async def delete_post(request: ViewerRequest, post_id: IdPath) -> Status[None]:
    """Delete a post of one's own; for 30 days it may be restored from `/me/deleted`."""
    await crossing.call(actions.delete_post, post_id=post_id, actor_id=request.viewer.id)
    return Status(204, None)


@router.patch("/posts/{post_id}", response=PostOut, tags=["posts"])
async def edit_post(request: ViewerRequest, post_id: IdPath, changes: PostChanges, mut: MutationId = None) -> Body:
    """Change a post of one's own."""
    wanted = changes.model_dump()
    return (
        await crossing.call(actions.edit_post, post_id=post_id, actor_id=request.viewer.id, mut=mut, **wanted)
    ).as_dict()


@router.get("/posts/{post_id}/edits", response=list[EditOut], tags=["posts"])
async def edits(request: ViewerRequest, post_id: IdPath) -> list[Body]:
    """What a post's caption was before each edit, the latest first; at most 50."""
    return [edit.as_dict() for edit in await crossing.call(queries.post_edits, request.viewer.id, post_id)]


@router.put("/posts/{post_id}/archive", response=PostOut, tags=["posts"])
async def archive(request: ViewerRequest, post_id: IdPath) -> Body:
    """Put a post of one's own into the archive, where nobody else sees it; doing it again changes nothing."""
    return (await crossing.call(actions.archive_post, post_id=post_id, actor_id=request.viewer.id)).as_dict()


@router.delete("/posts/{post_id}/archive", response=PostOut, tags=["posts"])
async def unarchive(request: ViewerRequest, post_id: IdPath) -> Body:
    """Bring a post of one's own back out of the archive; doing it again changes nothing."""
    return (await crossing.call(actions.unarchive_post, post_id=post_id, actor_id=request.viewer.id)).as_dict()


@router.put("/posts/{post_id}/save", response=SaveOut, tags=["on a post"])
@decorate_view(direct)
async def save(request: ViewerRequest, post_id: IdPath, mut: MutationId = None) -> Body:
    """Keep a post for later; nobody else hears of it. Doing it again changes nothing."""
    return {"saved": await crossing.call(actions.save_post, post_id=post_id, actor_id=request.viewer.id, mut=mut)}


@router.delete("/posts/{post_id}/save", response=SaveOut, tags=["on a post"])
@decorate_view(direct)
async def unsave(request: ViewerRequest, post_id: IdPath, mut: MutationId = None) -> Body:
    """Let go of a post; doing it again changes nothing."""
    return {"saved": await crossing.call(actions.unsave_post, post_id=post_id, actor_id=request.viewer.id, mut=mut)}


@router.get("/me/saved", response=PageOut[PostOut], tags=["me"])
async def saved(request: ViewerRequest, after: After = None, limit: Limit = 20) -> HttpResponse:
    """The posts that one keeps and may still see, the latest kept first."""
    page = await crossing.call(queries.saved_posts, request.viewer.id, after=after, limit=limit)
    return answer_page(request, page)


@router.get("/me/archive", response=PageOut[PostOut], tags=["me"])
async def archived(request: ViewerRequest, after: After = None, limit: Limit = 20) -> HttpResponse:
    """One's own archive, the newest post first."""
    page = await crossing.call(queries.archived_posts, request.viewer.id, after=after, limit=limit)
    return answer_page(request, page)


@router.get("/me/deleted", response=PageOut[PostOut], tags=["me"])
async def deleted(request: ViewerRequest, after: After = None, limit: Limit = 20) -> HttpResponse:
    """One's own posts that were deleted in the last 30 days, the newest first."""
    page = await crossing.call(queries.deleted_posts, request.viewer.id, after=after, limit=limit)
    return answer_page(request, page)


@router.post("/me/deleted/{post_id}/restore", response=PostOut, tags=["me"])
async def restore(request: ViewerRequest, post_id: IdPath) -> Body:
    """Bring a deleted post of one's own back."""
    return (await crossing.call(actions.restore_post, post_id=post_id, actor_id=request.viewer.id)).as_dict()


@router.delete("/me/deleted/{post_id}", response={204: None}, tags=["me"])
async def purge(request: ViewerRequest, post_id: IdPath) -> Status[None]:
    """Remove a deleted post of one's own for good, with its photos."""
    await crossing.call(actions.purge_post, post_id=post_id, actor_id=request.viewer.id)
    return Status(204, None)


@router.put("/posts/{post_id}/like", response=LikeOut, tags=["on a post"])
@decorate_view(direct)
async def like(request: ViewerRequest, post_id: IdPath, mut: MutationId = None) -> LikeState:
    """Like a post; doing it again changes nothing."""
    return await crossing.call(actions.like_post, post_id=post_id, actor_id=request.viewer.id, mut=mut)


@router.delete("/posts/{post_id}/like", response=LikeOut, tags=["on a post"])
@decorate_view(direct)
async def unlike(request: ViewerRequest, post_id: IdPath, mut: MutationId = None) -> LikeState:
    """Take a like back; doing it again changes nothing."""
    return await crossing.call(actions.unlike_post, post_id=post_id, actor_id=request.viewer.id, mut=mut)


@router.get("/posts/{post_id}/likes", response=PageOut[PersonOut], tags=["on a post"])
async def likes(
    request: ViewerRequest, response: HttpResponse, post_id: IdPath, after: After = None, limit: Limit = 20
) -> Page[Person]:
    """Who likes a post, the latest first."""
    page = await crossing.call(queries.likes_page, request.viewer.id, post_id, after=after, limit=limit)
    return link_next(request, response, page)


@router.get("/posts/{post_id}/comments", response=PageOut[CommentOut], tags=["on a post"])
@decorate_view(direct)
async def comments(request: ViewerRequest, post_id: IdPath, after: After = None, limit: Limit = 20) -> HttpResponse:
    """What is said about a post, the oldest first, after the pinned comment; answers are apart."""
    page = await crossing.read(queries.comments_page, request.viewer.id, post_id, after=after, limit=limit)
    return answer_page(request, page)


@router.post("/posts/{post_id}/comments", response={201: CommentOut}, tags=["on a post"])
@decorate_view(direct)
async def comment(request: ViewerRequest, post_id: IdPath, wanted: CommentIn, mut: MutationId = None) -> HttpResponse:
    """Comment on a post, or answer a comment."""
    view = await crossing.call(
        actions.comment,
        post_id=post_id,
        actor_id=request.viewer.id,
        text=wanted.text,
        parent_id=wanted.parent,
        mut=mut,
    )
    return encoded(view.as_dict(), status=201)


@router.delete("/comments/{comment_id}", response={204: None}, tags=["on a post"])
async def delete_comment(request: ViewerRequest, comment_id: IdPath, mut: MutationId = None) -> Status[None]:
    """Delete a comment of one's own, or one under a post of one's own."""
    await crossing.call(actions.delete_comment, comment_id=comment_id, actor_id=request.viewer.id, mut=mut)
    return Status(204, None)


@router.get("/comments/{comment_id}/replies", response=PageOut[CommentOut], tags=["on a comment"])
@decorate_view(direct)
async def replies(request: ViewerRequest, comment_id: IdPath, after: After = None, limit: Limit = 20) -> HttpResponse:
    """The answers to a comment, the oldest first."""
    page = await crossing.read(queries.replies_page, request.viewer.id, comment_id, after=after, limit=limit)
    return answer_page(request, page)


@router.put("/comments/{comment_id}/like", response=LikeOut, tags=["on a comment"])
@decorate_view(direct)
async def like_comment(request: ViewerRequest, comment_id: IdPath, mut: MutationId = None) -> LikeState:
    """Like a comment; doing it again changes nothing."""
    return await crossing.call(actions.like_comment, comment_id=comment_id, actor_id=request.viewer.id, mut=mut)


@router.delete("/comments/{comment_id}/like", response=LikeOut, tags=["on a comment"])
@decorate_view(direct)
async def unlike_comment(request: ViewerRequest, comment_id: IdPath, mut: MutationId = None) -> LikeState:
    """Take a like back; doing it again changes nothing."""
    return await crossing.call(actions.unlike_comment, comment_id=comment_id, actor_id=request.viewer.id, mut=mut)


@router.put("/comments/{comment_id}/pin", response={204: None}, tags=["on a comment"])
async def pin_comment(request: ViewerRequest, comment_id: IdPath, mut: MutationId = None) -> Status[None]:
    """Show a comment first under one's own post, in the place of another."""
    await crossing.call(actions.pin_comment, comment_id=comment_id, actor_id=request.viewer.id, mut=mut)
    return Status(204, None)


@router.delete("/comments/{comment_id}/pin", response={204: None}, tags=["on a comment"])
async def unpin_comment(request: ViewerRequest, comment_id: IdPath, mut: MutationId = None) -> Status[None]:
    """Show a comment in its place again; doing it again changes nothing."""
    await crossing.call(actions.unpin_comment, comment_id=comment_id, actor_id=request.viewer.id, mut=mut)
    return Status(204, None)


@router.get("/feed", response=PageOut[PostOut], tags=["reading"])
@decorate_view(direct)
async def feed(request: ViewerRequest, after: After = None, limit: Limit = 20) -> HttpResponse:
    """What the viewer and the people they follow have posted, newest first."""
    page = await crossing.read(queries.home_feed, request.viewer.id, after=after, limit=limit)
    return answer_page(request, page)


@router.get("/users/{username}/posts", response=PageOut[PostOut], tags=["people"])
@decorate_view(direct)
async def user_posts(request: ViewerRequest, username: str, after: After = None, limit: Limit = 20) -> HttpResponse:
    """What a person has posted, newest first."""
    page = await crossing.read(queries.user_posts, request.viewer.id, username, after=after, limit=limit)
    return answer_page(request, page)


@router.get("/explore", response=PageOut[PostOut], tags=["reading"])
@decorate_view(direct)
async def explore(request: ViewerRequest, after: After = None, limit: Limit = 20) -> HttpResponse:
    """The best public posts of late, of people whom the viewer does not follow."""
    page = await crossing.read(queries.explore, request.viewer.id, after=after, limit=limit)
    return answer_page(request, page)


@router.get("/tags/{tag}/posts", response=PageOut[PostOut], tags=["reading"])
@decorate_view(direct)
async def tag_posts(request: ViewerRequest, tag: str, after: After = None, limit: Limit = 20) -> HttpResponse:
    """The posts under a hashtag, newest first."""
    page = await crossing.read(queries.tag_posts, request.viewer.id, tag, after=after, limit=limit)
    return answer_page(request, page)


@router.get("/search", response=FoundOut, tags=["reading"])
async def search(
    request: ViewerRequest,
    response: HttpResponse,
    q: Words,
    type: queries.Sought | None = None,
    after: After = None,
    limit: Limit = 20,
) -> Body:
    """A few people, hashtags and posts that match, or a page of one type."""
    found = await crossing.call(queries.search, request.viewer.id, q, kind=type, after=after, limit=limit)
    if type:
        link_next(request, response, getattr(found, type))
    return found.as_dict()


async def _take_in(request: ViewerRequest, purpose: MediaPurpose, mut: str | None) -> Status[Body]:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Invalid(_("Send the photo as multipart/form-data, in the field file."), field="file")
    media = await crossing.call(
        actions.create_media,
        owner_id=request.viewer.id,
        file=file,
        alt=str(request.POST.get("alt", "")),
        purpose=purpose,
        mut=mut,
    )
    return Status(202, {"id": str(media.id), "state": media.state})
