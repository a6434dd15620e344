"""The peer's application: Django's own handler, with nothing around it."""

from django.core.asgi import get_asgi_application

application = get_asgi_application()
