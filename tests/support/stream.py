"""A client of the event stream: reads events one by one. It does not come back by itself, as EventSource would."""

import json
from typing import NamedTuple

import httpx

from tests.support.wait import HEARD_SECONDS


class Happened(NamedTuple):
    """One event of the stream; `text` is its data, byte for byte."""

    name: str
    id: str
    text: str
    retry: str

    @property
    def frame(self):
        return json.loads(self.text)


class Stream:
    """One answer of /rt/sse."""

    def __init__(self, url, *, token=None, headers=(), **query):
        given = dict(headers) | ({"Authorization": f"Bearer {token}"} if token else {})
        self._client = httpx.Client(timeout=HEARD_SECONDS)
        request = self._client.build_request("GET", f"{url}/rt/sse", headers=given, params=query)
        self.response = self._client.send(request, stream=True)
        self._lines = self.response.iter_lines()

    def close(self):
        self.response.close()
        self._client.close()

    def read(self):
        """The next event, whatever it is."""
        fields = {}
        for line in self._lines:
            if not line and "data" in fields:
                return Happened(*(fields.get(name, "") for name in ("event", "id", "data", "retry")))
            name, _, value = line.partition(": ")
            fields[name] = value
        raise EOFError

    def next(self, kind):
        """The next event of this type; others are passed over."""
        while True:
            event = self.read()
            if event.frame["t"] == kind:
                return event

    def rest(self):
        """All events to the end of the answer."""
        events = []
        try:
            while True:
                events.append(self.read())
        except EOFError:
            return events

    def problem(self):
        """What it was refused with."""
        self.response.read()
        assert self.response.headers["Content-Type"] == "application/problem+json"
        return self.response.json()
