"""Who has just written asks the primary: the cookie that says so."""

from django.http import HttpResponse
from django.test import RequestFactory

from core import replica
from project.pinning import pinning_middleware


async def answered(request):
    """The answer, and whether the view was pinned to the primary."""
    seen = []

    async def view(request):
        seen.append(replica._pinned.get())
        return HttpResponse()

    return await pinning_middleware(view)(request), seen[0]


async def test_a_write_is_remembered_for_longer_than_the_replica_may_be_late(settings):
    settings.REPLICA_LAG_SECONDS = 2.0

    answer, _ = await answered(RequestFactory().post("/p/1/like/"))

    cookie = answer.cookies["wrote"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (3, True, "Lax")


async def test_a_read_is_not_remembered():
    answer, pinned = await answered(RequestFactory().get("/explore/"))

    assert (dict(answer.cookies), pinned) == ({}, False)


async def test_who_has_written_is_pinned_to_the_primary():
    request = RequestFactory().get("/explore/")
    request.COOKIES["wrote"] = "1"

    assert (await answered(request))[1] is True
