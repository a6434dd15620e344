"""Loopback ports for our own services: free now, and never one that the kernel hands to outgoing connections."""

import random
import socket

# Below the ephemeral range (from 32768 on Linux): a client's socket could take a port above it while we restart.
FIRST, LAST = 20000, 32000


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        # As the servers do: connections of an earlier run that are still closing do not count.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError:
            return False
    return True


def choose() -> int:
    """Return a free port; by chance, so that two runs that start together seldom choose the same.

    Raises:
        OSError: if a hundred ports in turn are taken.
    """
    for _ in range(100):
        port = random.randrange(FIRST, LAST)  # noqa: S311 -- not a secret
        if is_free(port):
            return port
    raise OSError(f"no free port between {FIRST} and {LAST}")


def keep_or_choose(remembered: int | None) -> int:
    """Return the port of an earlier run if it is still free, else another."""
    return remembered if remembered and is_free(remembered) else choose()
