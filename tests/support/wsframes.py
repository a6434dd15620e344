"""Where one message of `rt.v1` ends and the next begins, in what a server of ours sends down a websocket's line."""

import json
import struct

TEXT = 1
FIN = 0x80
PASSING = {"ev", "st", "cnt", "eph"}  # what may be lost: the rest is the talk of the two ends


class Splitter:
    """Cuts a stream into the head of the answer, and frames of one message each; what is not whole yet is kept."""

    def __init__(self):
        self._kept = b""
        self._is_websocket = None
        self._begun = False

    def speaks(self, data):
        """Whether the stream began with a switch of protocols; anything else is none of our business."""
        if self._is_websocket is None:
            self._is_websocket = data.startswith(b"HTTP/1.1 101 ")
        return self._is_websocket

    def feed(self, data):
        self._kept += data
        pieces = []
        if not self._begun:
            head, found, rest = self._kept.partition(b"\r\n\r\n")
            if not found:
                return []
            self._begun, self._kept = True, rest
            pieces.append(head + found)
        while (end := _end_of(self._kept)) is not None:
            frame, self._kept = self._kept[:end], self._kept[end:]
            pieces += _apart(frame)
        return pieces


def is_message(frame):
    """Whether a frame is a message that may be lost, repeated or overtaken."""
    return frame[0] == FIN | TEXT and json.loads(_text(frame)).get("t") in PASSING


def _end_of(data):
    """Where the frame ends that the data begins with; None if it is not all here. A server's frames are not masked."""
    if len(data) < 2:
        return None
    start, size = _payload(data)
    return start + size if len(data) >= start + size > 0 else None


def _payload(data):
    short = data[1] & 0x7F
    if short < 126:
        return 2, short
    start, form = (4, "!H") if short == 126 else (10, "!Q")
    return start, struct.unpack(form, data[2:start])[0] if len(data) >= start else 2**63


def _apart(frame):
    """A frame for each message of a frame: the server joins those that are due at once by newlines."""
    if frame[0] != FIN | TEXT:
        return [frame]
    return [_frame(line) for line in _text(frame).split(b"\n")]


def _text(frame):
    return frame[_payload(frame)[0] :]


def _frame(text):
    size = len(text)
    if size < 126:
        return bytes([FIN | TEXT, size]) + text
    if size <= 0xFFFF:
        return struct.pack("!BBH", FIN | TEXT, 126, size) + text
    return struct.pack("!BBQ", FIN | TEXT, 127, size) + text
