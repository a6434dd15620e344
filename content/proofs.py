"""Addresses that open without credentials, for photos that not everybody may see. Decides no right.

An image loader of an app sends neither cookie nor token. A proof names whom the address was made for; the policy is
asked for that person again each time, so that it ends with their right, and in any case after LASTS.
"""

import time
from datetime import timedelta

from django.core import signing

LASTS = timedelta(minutes=5)
STEP_SECONDS = 60  # proofs made within one are the same, so that a client finds in its own cache what it has

_SALT = "content.proofs"  # no other signature of ours is a proof


class _Signer(signing.TimestampSigner):
    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time()) // STEP_SECONDS * STEP_SECONDS)


def proof_for(viewer_id: int, folder: str) -> str:
    """What lets this person's addresses of a photo open; for LASTS, less at most a step."""
    return _Signer(salt=_SALT).sign(f"{folder}:{viewer_id}").partition(":")[2]


def proven_by(proof: str, folder: str) -> int | None:
    """The id of whom this proof of a photo was made for; None if it is none, or too old."""
    try:
        signed = _Signer(salt=_SALT).unsign(f"{folder}:{proof}", max_age=LASTS)
    except signing.BadSignature:
        return None
    return int(signed.partition(":")[2])
