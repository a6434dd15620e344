"""The other side of a second factor: an authenticator app, by RFC 6238 alone, so that it agrees with no bug of ours."""

import base64
import hashlib
import hmac
import time


def totp(secret, *, period):
    """The six digits that an app shows now."""
    counter = int(time.time()) // period
    digest = hmac.new(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06}"
