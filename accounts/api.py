"""People over REST. Each operation parses, makes one domain call, answers."""

from django.http import HttpResponse
from ninja import Router, Status
from ninja.decorators import decorate_view

from accounts import actions, queries
from accounts.people import Person, Relation
from accounts.schemas import (
    DeletionIn,
    MeOut,
    MutedOut,
    MuteIn,
    NewTokenOut,
    PersonOut,
    ProfileIn,
    ProfileOut,
    RelationOut,
    SessionOut,
    TokenIn,
    TokenOut,
)
from accounts.viewers import ViewerRequest
from core import crossing
from core.cursors import Page
from core.direct import direct
from core.rest import After, IdPath, Limit, MutationId, PageOut, link_next

router = Router()


@router.get("/me", response=MeOut, tags=["me"])
async def get_me(request: ViewerRequest) -> MeOut:
    """The viewer's own profile."""
    return MeOut.of(await crossing.read(queries.own_profile, request.viewer.id))


@router.patch("/me", response=MeOut, tags=["me"])
async def change_me(request: ViewerRequest, changes: ProfileIn, mut: MutationId = None) -> MeOut:
    """Change what the viewer says of themselves, who sees it, or their username; what is left out stays."""
    wanted = changes.model_dump(exclude_unset=True)
    return MeOut.of(await crossing.call(actions.update_profile, user_id=request.viewer.id, mut=mut, **wanted))


@router.delete("/me", response={204: None}, tags=["me"])
async def delete_me(request: ViewerRequest, proof: DeletionIn) -> Status[None]:
    """Mark the viewer's account for deletion: hidden everywhere, and signed out everywhere, at once."""
    await crossing.call(actions.delete_account, user_id=request.viewer.id, password=proof.password)
    return Status(204, None)


@router.get("/me/follow-requests", response=PageOut[PersonOut], tags=["me"])
async def follow_requests(
    request: ViewerRequest, response: HttpResponse, after: After = None, limit: Limit = 20
) -> Page[Person]:
    """Who asks to follow the viewer, the latest first."""
    page = await crossing.call(queries.follow_requests, request.viewer.id, after=after, limit=limit)
    return link_next(request, response, page)


@router.put("/me/follow-requests/{username}", response=RelationOut, tags=["me"])
async def approve_request(request: ViewerRequest, username: str, mut: MutationId = None) -> Relation:
    """Let somebody who asked follow; doing it again changes nothing."""
    return await crossing.call(actions.approve_request, username=username, actor_id=request.viewer.id, mut=mut)


@router.delete("/me/follow-requests/{username}", response={204: None}, tags=["me"])
async def reject_request(request: ViewerRequest, username: str, mut: MutationId = None) -> Status[None]:
    """Refuse somebody who asked; doing it again changes nothing."""
    await crossing.call(actions.reject_request, username=username, actor_id=request.viewer.id, mut=mut)
    return Status(204, None)


@router.delete("/me/followers/{username}", response={204: None}, tags=["me"])
async def remove_follower(request: ViewerRequest, username: str) -> Status[None]:
    """Take a follower away; doing it again changes nothing."""
    await crossing.call(actions.remove_follower, username=username, actor_id=request.viewer.id)
    return Status(204, None)


@router.get("/me/mutes", response=PageOut[MutedOut], tags=["me"])
async def list_mutes(
    request: ViewerRequest, response: HttpResponse, after: After = None, limit: Limit = 20
) -> Page[MutedOut]:
    """Whom the viewer has muted, the latest first."""
    page = await crossing.call(queries.mutes, request.viewer.id, after=after, limit=limit)
    return link_next(request, response, Page([MutedOut.of(muted) for muted in page.items], page.next))


@router.get("/me/blocks", response=PageOut[PersonOut], tags=["me"])
async def list_blocks(
    request: ViewerRequest, response: HttpResponse, after: After = None, limit: Limit = 20
) -> Page[Person]:
    """Whom the viewer has blocked, the latest first."""
    page = await crossing.call(queries.blocks, request.viewer.id, after=after, limit=limit)
    return link_next(request, response, page)


@router.get("/me/sessions", response=PageOut[SessionOut], tags=["me"])
async def list_sessions(request: ViewerRequest) -> Page[queries.SessionView]:
    """Where the viewer is signed in, the one seen latest first; all on one page."""
    return Page(await crossing.call(queries.sessions, request.viewer.id, current_id=request.viewer.session_id))


@router.delete("/me/sessions", response={204: None}, tags=["me"])
async def end_other_sessions(request: ViewerRequest) -> Status[None]:
    """Sign out everywhere but here."""
    viewer = request.viewer
    await crossing.call(actions.end_other_sessions, user_id=viewer.id, keep_id=viewer.session_id)
    return Status(204, None)


@router.delete("/me/sessions/{session_id}", response={204: None}, tags=["me"])
async def end_session(request: ViewerRequest, session_id: IdPath) -> Status[None]:
    """Sign one browser out."""
    await crossing.call(actions.end_session, user_id=request.viewer.id, session_id=session_id)
    return Status(204, None)


@router.get("/me/tokens", response=PageOut[TokenOut], tags=["me"])
async def list_tokens(request: ViewerRequest) -> Page[queries.TokenView]:
    """The viewer's bearer tokens, the newest first; all on one page."""
    return Page(await crossing.call(queries.tokens, request.viewer.id))


@router.post("/me/tokens", response={201: NewTokenOut}, tags=["me"])
async def make_token(request: ViewerRequest, wanted: TokenIn) -> Status[NewTokenOut]:
    """Make a bearer token. It is in this answer and never again."""
    new = await crossing.call(actions.issue_token, user_id=request.viewer.id, name=wanted.name)
    return Status(201, NewTokenOut.of(new))


@router.delete("/me/tokens/{token_id}", response={204: None}, tags=["me"])
async def revoke_token(request: ViewerRequest, token_id: IdPath) -> Status[None]:
    """Make a token worthless at once."""
    await crossing.call(actions.revoke_token, user_id=request.viewer.id, token_id=token_id)
    return Status(204, None)


@router.get("/me/suggestions", response=PageOut[PersonOut], tags=["me"])
async def suggestions(request: ViewerRequest, limit: Limit = 20) -> Page[Person]:
    """People whom the viewer may want to follow; one page."""
    return Page(await crossing.call(queries.suggestions, request.viewer.id, limit=limit))


@router.get("/users/{username}", response=ProfileOut, tags=["people"])
async def get_person(request: ViewerRequest, username: str) -> ProfileOut:
    """A person's profile as the viewer sees it."""
    return ProfileOut.of(await crossing.read(queries.profile, username, viewer_id=request.viewer.id))


@router.get("/users/{username}/followers", response=PageOut[PersonOut], tags=["people"])
async def followers(
    request: ViewerRequest, response: HttpResponse, username: str, after: After = None, limit: Limit = 20
) -> Page[Person]:
    """Who follows a person, the latest first."""
    people = await crossing.call(queries.followers, username, viewer_id=request.viewer.id, after=after, limit=limit)
    return link_next(request, response, people.page)


@router.get("/users/{username}/following", response=PageOut[PersonOut], tags=["people"])
async def following(
    request: ViewerRequest, response: HttpResponse, username: str, after: After = None, limit: Limit = 20
) -> Page[Person]:
    """Whom a person follows, the latest first."""
    people = await crossing.call(queries.following, username, viewer_id=request.viewer.id, after=after, limit=limit)
    return link_next(request, response, people.page)


@router.put("/users/{username}/follow", response=RelationOut, tags=["people"])
@decorate_view(direct)
async def follow(request: ViewerRequest, username: str, mut: MutationId = None) -> Relation:
    """Follow a person, or ask a private one; doing it again changes nothing."""
    return await crossing.call(actions.follow_user, username=username, actor_id=request.viewer.id, mut=mut)


@router.delete("/users/{username}/follow", response=RelationOut, tags=["people"])
@decorate_view(direct)
async def unfollow(request: ViewerRequest, username: str, mut: MutationId = None) -> Relation:
    """Take a follow or a request back; doing it again changes nothing."""
    return await crossing.call(actions.unfollow_user, username=username, actor_id=request.viewer.id, mut=mut)


@router.put("/users/{username}/block", response=RelationOut, tags=["people"])
async def block(request: ViewerRequest, username: str, mut: MutationId = None) -> Relation:
    """Block a person: silence both ways, and no follow is left between the two; doing it again changes nothing."""
    return await crossing.call(actions.block_user, username=username, actor_id=request.viewer.id, mut=mut)


@router.delete("/users/{username}/block", response=RelationOut, tags=["people"])
async def unblock(request: ViewerRequest, username: str, mut: MutationId = None) -> Relation:
    """Lift a block; doing it again changes nothing."""
    return await crossing.call(actions.unblock_user, username=username, actor_id=request.viewer.id, mut=mut)


@router.put("/users/{username}/mute", response=RelationOut, tags=["people"])
async def mute(request: ViewerRequest, username: str, how: MuteIn | None = None) -> Relation:
    """Mute a person, who can tell nothing; doing it again takes the place of the mute before."""
    wanted = how.model_dump(exclude_unset=True) if how else {}
    return await crossing.call(actions.mute_user, username=username, actor_id=request.viewer.id, **wanted)


@router.delete("/users/{username}/mute", response=RelationOut, tags=["people"])
async def unmute(request: ViewerRequest, username: str) -> Relation:
    """Lift a mute; doing it again changes nothing."""
    return await crossing.call(actions.unmute_user, username=username, actor_id=request.viewer.id)
