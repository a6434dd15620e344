"""A socket's turn of the hub's wheel: whether it may stay, and what is due. Every socket has one each half a minute."""

import time
from typing import TYPE_CHECKING

from realtime import protocol
from realtime.departure import send_away
from realtime.socket import Socket

if TYPE_CHECKING:
    from realtime.hub import Hub

CLIENT_SILENCE_SECONDS = 60.0  # two heartbeats and some


def look_at(hub: "Hub", socket: Socket) -> None:
    """End a socket, or do what is due: silent too long, its proof run out, too old, or a heartbeat due."""
    if socket.gone:
        return
    now = time.monotonic()
    if now - socket.heard_at > CLIENT_SILENCE_SECONDS:
        socket.end(protocol.Close.HEARTBEAT_MISSED)
        return
    if socket.expires_at is not None and socket.expires_at <= now:
        socket.end(protocol.Close.RENEW_TICKET)
        return
    if now > socket.ages_at and not socket.leaving:
        send_away([socket], "age", protocol.Close.AGE)
    if now - socket.spoken_at >= protocol.HEARTBEAT_SECONDS - 1:
        socket.asked_at = now
        hub.beat(socket)
    hub.wheel.after(_next_look(socket, now), socket)


def _next_look(socket: Socket, now: float) -> float:
    """Seconds to a socket's next turn: its next heartbeat, or the end of its proof if that is sooner."""
    beat = socket.spoken_at + protocol.HEARTBEAT_SECONDS - now
    return min(beat, socket.expires_at - now) if socket.expires_at is not None else beat
