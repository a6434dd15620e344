"""The peer: Django Channels as its tutorial has it, a stock consumer in a group of a channels-redis layer. Not ours."""

import os
from typing import Any

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


if os.environ.get("BENCH_LAYER"):
    settings.configure(CHANNEL_LAYERS={"default": layer(os.environ["BENCH_LAYER"], os.environ["REDIS_URL"])})


class Watcher(AsyncWebsocketConsumer):  # type: ignore[misc]
    """A socket that gets every state of the one post."""

    groups = (GROUP,)

    async def post_state(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


application = ProtocolTypeRouter({"websocket": Watcher.as_asgi()})
