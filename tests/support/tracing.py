"""Stacks that are traced, and what their spans come from."""

import httpx

from accounts.actions import make_token
from events.models import OutboxRow
from tests.conftest import _place_the_hubs
from tests.support.photos import jpeg
from tests.support.wait import until

LIKE = "PUT /api/v1/posts/<post_id>/like"
SOON = {"OTEL_BSP_SCHEDULE_DELAY": "50"}  # milliseconds


def running(stack):
    """Start a stack for a test; nothing waits in its outbox behind it."""
    stack.start(afresh=True)
    _place_the_hubs(stack)
    yield stack
    until(lambda: not OutboxRow.objects.filter(attempts__lt=5).exists())


def rest(where, user, **headers):
    token = {"Authorization": f"Bearer {make_token(user_id=user.id, name='test')}"}
    return httpx.Client(base_url=f"{where.url}/api/v1", headers=token | headers, timeout=30)


def like(where, user, post, **headers):
    with rest(where, user, **headers) as client:
        return client.put(f"/posts/{post.id}/like?mut=secret-1").status_code


def upload(where, user):
    with rest(where, user) as client:
        client.post("/media", files={"file": ("a.jpg", jpeg(), "image/jpeg")})


def one(collected, name):
    """The one span of a name, once it has come."""
    until(lambda: collected.named(name))
    (span,) = collected.named(name)
    return span
