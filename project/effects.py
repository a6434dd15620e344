"""What a batch of events comes to. Filled by the handlers, carried out by the drain."""

from dataclasses import dataclass, field
from typing import Any

from content.cards import PostCounts
from realtime import bus
from realtime.log import Told

Task = tuple[str, dict[str, Any], str]  # name, arguments, queue


@dataclass
class Effects:
    """Whom to tell durably, what to show to those who look, and what may wait."""

    told: list[Told] = field(default_factory=list)
    counts: dict[int, PostCounts] = field(default_factory=dict)  # by post, after the batch
    shown: list[bus.Message] = field(default_factory=list)
    later: list[Task] = field(default_factory=list)
