"""Where one reply of Redis ends and the next begins (RESP 2 and 3), without reading what they say."""

MESSAGES = (b"$7\r\nmessage\r\n", b"$8\r\nsmessage\r\n")
AGGREGATES = {ord("*"): 1, ord(">"): 1, ord("~"): 1, ord("%"): 2, ord("|"): 2}  # members for each one counted
BLOBS = b"$=!"


class Splitter:
    """Cuts a stream into whole replies; what is not whole yet is kept for the next `feed`."""

    def __init__(self):
        self._kept = b""
        self._is_resp = None

    def speaks(self, data):
        """Whether the stream began as RESP does; anything else is none of our business."""
        if self._is_resp is None:
            self._is_resp = data[:1] in {b"+", b"-", b":", b"$", b"*", b">", b"%", b"_"}
        return self._is_resp

    def feed(self, data):
        self._kept += data
        replies, start = [], 0
        while (end := _end_of(self._kept, start)) is not None:
            replies.append(self._kept[start:end])
            start = end
        self._kept = self._kept[start:]
        return replies


def is_message(reply):
    """Whether a reply is a message that was pushed to a subscriber."""
    if reply[:1] not in {b"*", b">"}:
        return False
    return reply[reply.index(b"\r\n") + 2 :].startswith(MESSAGES)


def _end_of(data, start):
    """Where the reply that begins at `start` ends; None if it is not all here."""
    line = data.find(b"\r\n", start)
    if line < 0:
        return None
    kind, end = data[start], line + 2
    if kind in BLOBS:
        size = int(data[start + 1 : line])
        end += size + 2 if size >= 0 else 0
        return end if end <= len(data) else None
    for _ in range(max(0, int(data[start + 1 : line])) * AGGREGATES[kind] if kind in AGGREGATES else 0):
        end = _end_of(data, end)
        if end is None:
            return None
    return end
