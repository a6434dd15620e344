"""What people do about what they must not put up with, and what moderators do about it. Each is one transaction."""

from .appeals import appeal
from .claims import claim_case, release_case
from .closing import close_case
from .purging import purge_cases
from .reopening import reopen_case
from .reports import report, withdraw_report

__all__ = [
    "appeal",
    "claim_case",
    "close_case",
    "purge_cases",
    "release_case",
    "reopen_case",
    "report",
    "withdraw_report",
]
