"""The peer's application: Django's own handler for WSGI."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
