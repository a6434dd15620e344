"""A browser or an app as a test drives it: requests through Django's async handler, as a server would run it."""

from asgiref.sync import async_to_sync
from django.test import AsyncClient

from accounts.actions import make_token


class Web:
    """A synchronous face of Django's AsyncClient; `user` is signed in by a session, or by a bearer token."""

    def __init__(self, user=None, *, token=False, csrf=False, headers=None):
        self.client = AsyncClient(enforce_csrf_checks=csrf, headers=headers)
        if user and token:
            self.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {make_token(user_id=user.id)}"
        elif user:
            self.client.force_login(user)

    def get(self, path, query=None, **extra):
        return async_to_sync(self.client.get)(path, query, **extra)

    def post(self, path, form=None, **extra):
        return async_to_sync(self.client.post)(path, form or {}, **extra)

    def send(self, method, path, json=None, **extra):
        """A request with a JSON body."""
        call = getattr(self.client, method.lower())
        return async_to_sync(call)(path, json, content_type="application/json", **extra)
