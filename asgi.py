"""Where servers enter: http → what may wait, or the body limit → Django; websocket → the sockets. Decides no more."""

import os

from project.handler import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django_application = get_asgi_application()  # first: it loads the apps that the imports below need

from channels.routing import ProtocolTypeRouter  # noqa: E402 -- see above

from project.bodylimit import limit_body  # noqa: E402 -- see above
from project.routing import http, websocket  # noqa: E402 -- see above

application = ProtocolTypeRouter({"http": http(limit_body(django_application)), "websocket": websocket})
