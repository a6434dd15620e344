"""A websocket spoken byte by byte, for what no client would send."""

import os
import socket
import struct

from tests.support.wait import HEARD_SECONDS

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
HANDSHAKE = (
    "GET /rt HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)


def frame(opcode, payload=b"", *, fin=True, rsv=0, masked=True, length=None):
    """A frame as a client sends it, or as none may; `length` is what its header claims."""
    length = len(payload) if length is None else length
    head = bytes([fin << 7 | rsv << 4 | opcode])
    mask_bit = masked << 7
    if length < 126:
        head += bytes([mask_bit | length])
    elif length < 65_536:
        head += struct.pack("!BH", mask_bit | 126, length)
    else:
        head += struct.pack("!BQ", mask_bit | 127, length)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))


class RawSocket:
    """A connection that has shaken hands."""

    def __init__(self, port, *, headers=""):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=HEARD_SECONDS)
        self.socket.sendall((HANDSHAKE + headers + "\r\n").encode())
        self.answer = b""
        while b"\r\n\r\n" not in self.answer:
            self.answer += self._receive(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @property
    def status(self):
        return int(self.answer.split()[1])

    def send(self, *frames):
        self.socket.sendall(b"".join(frames))

    def close_code(self):
        """Read on until the server closes; answer its code, None if it went without one."""
        try:
            while True:
                opcode, payload = self._frame()
                if opcode == CLOSE:
                    return struct.unpack("!H", payload[:2])[0]
        except EOFError:
            return None

    def _frame(self):
        first, second = self._receive(2)
        length = second & 127
        if length == 126:
            (length,) = struct.unpack("!H", self._receive(2))
        return first & 15, self._receive(length)

    def _receive(self, count):
        received = b""
        while len(received) < count:
            try:
                more = self.socket.recv(count - len(received))
            except ConnectionResetError:  # it closed while we still sent
                more = b""
            if not more:
                raise EOFError
            received += more
        return received
