"""The doctor: looks at every part, says how it is, and names the cure. Changes nothing that stays."""

from .examination import AT_REST, Check, examine
from .findings import Finding, State, fail, ok, warn

__all__ = ["AT_REST", "Check", "Finding", "State", "examine", "fail", "ok", "warn"]
