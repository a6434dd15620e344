"""One request to an ASGI application, message by message, as no server would send it. Opens no port."""

from asgiref.testing import ApplicationCommunicator
from django.test import AsyncRequestFactory

SILENCE_SECONDS = 0.1
ANSWER_SECONDS = 10  # far more than any takes by itself


class Exchange(ApplicationCommunicator):
    """A request of which nothing has been sent yet."""

    def __init__(self, app, path="/", *, method="GET", headers=(), **scope):
        scope = AsyncRequestFactory()._base_scope(path=path, method=method, headers=list(headers), **scope)
        super().__init__(app, scope)

    async def send(self, body=b"", *, more_body=False):
        await self.send_input({"type": "http.request", "body": body, "more_body": more_body})

    async def leave(self):
        await self.send_input({"type": "http.disconnect"})

    async def told(self):
        """The next message; None if none comes."""
        try:
            return await self.receive_output(SILENCE_SECONDS)
        except TimeoutError:
            return None

    async def answer(self, body=b""):
        """Send the whole request; the status, the headers and the body of the whole answer, once all is closed."""
        await self.send(body)
        start, parts, more = await self.receive_output(ANSWER_SECONDS), [], True
        while more:
            message = await self.receive_output(ANSWER_SECONDS)
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        await self.wait(ANSWER_SECONDS)
        return start["status"], dict(start["headers"]), b"".join(parts)
