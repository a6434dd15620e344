"""A browser or an app as a test drives it: requests through Django's async handler, as a server would run it."""

from pathlib import Path

from asgiref.sync import async_to_sync
from django.conf import settings
from django.test import AsyncClient, override_settings

from accounts.actions import make_token

# Pages link files by their hashed names, which only collectstatic knows; here the plain names do.
PLAIN_STATIC = override_settings(
    STORAGES={
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
)


class Web:
    """A synchronous face of Django's AsyncClient; `user` is signed in by a session, or by a bearer token."""

    def __init__(self, user=None, *, token=False, csrf=False, headers=None):
        self.client = AsyncClient(enforce_csrf_checks=csrf)
        self.headers = dict(headers or {})
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
        if user and token:
            self.headers["Authorization"] = f"Bearer {make_token(user_id=user.id)}"
        elif user:
            self.client.force_login(user)

    def get(self, path, query=None, **extra):
        return self._ask("get", path, query, **extra)

    def post(self, path, form=None, **extra):
        """A form as a page sends it; files make it an upload."""
        return self._ask("post", path, form or {}, **extra)

    def send(self, method, path, json=None, **extra):
        """A request with a JSON body."""
        return self._ask(method.lower(), path, json, content_type="application/json", **extra)

    def _ask(self, method, path, data, *, headers=None, **extra):
        with PLAIN_STATIC:
            return async_to_sync(getattr(self.client, method))(
                path, data, headers=self.headers | (headers or {}), **extra
            )
