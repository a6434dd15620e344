"""The peer: Django Channels as its tutorial has it, a stock consumer in groups of a channels-redis layer. Not ours."""

import os
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from django.conf import settings

GROUP = "post"
LAYERS = {
    "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
    "core": "channels_redis.core.RedisChannelLayer",
}


def layer(name: str, url: str) -> dict[str, Any]:
    """A layer's configuration. redis-py 8's own defaults end idle consumers and limit a process to 100 connections."""
    host = {"address": url, "socket_timeout": None, "max_connections": 20_000}
    more = {"capacity": 10_000} if name == "core" else {}  # 100 are for all consumers of a process: they would be lost
    return {"BACKEND": LAYERS[name], "CONFIG": {"hosts": [host], **more}}


def group_of(whom: int | str) -> str:
    """The group of one person."""
    return f"u.{whom}"


if os.environ.get("BENCH_LAYER"):
    settings.configure(CHANNEL_LAYERS={"default": layer(os.environ["BENCH_LAYER"], os.environ["REDIS_URL"])})


class Watcher(AsyncWebsocketConsumer):  # type: ignore[misc]
    """A socket that gets every state of the one post, and what is for its person."""

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        whom = parse_qs(self.scope["query_string"].decode())["u"][0]
        self.groups = [GROUP, group_of(whom)]
        await super().websocket_connect(message)

    async def post_state(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


application = ProtocolTypeRouter({"websocket": Watcher.as_asgi()})
