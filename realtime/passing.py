"""What passes by and is kept nowhere: that somebody is writing. Ephemeral frames, first to be dropped."""

import time

from realtime import bus, protocol
from realtime.hub import Hub
from realtime.socket import Socket


async def type_on(hub: Hub, socket: Socket, topic: str) -> None:
    """Show the others who watch a post that this person is writing; too often, or on what is not watched, nothing."""
    viewer, now = socket.viewer, time.monotonic()
    if viewer is None or topic not in socket.topics or not topic.startswith("post:"):
        return
    if now - socket.typed_at < protocol.TYPING_SECONDS:
        return
    socket.typed_at = now
    data = {"typing": {"id": str(viewer.id), "username": viewer.username}}
    frame = protocol.ephemeral(topic, data, ttl_seconds=protocol.TYPING_TTL_SECONDS)
    await hub.out.publish([bus.of_ephemeral(topic, frame, viewer.id)])
