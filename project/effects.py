"""What a batch of events comes to. Filled by the handlers, carried out by the drain."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from content.cards import CommentCounts, PostCounts
from realtime import bus
from realtime.log import Told

Task = tuple[str, dict[str, Any], str]  # name, arguments, queue


@dataclass
class Effects:
    """Whom to tell durably, what to show to those who look, and what may wait."""

    told: list[Told] = field(default_factory=list)
    counting: Callable[[], dict[int, PostCounts]] = dict  # sent for; awaited by who needs the counts
    counting_comments: Callable[[], dict[int, CommentCounts]] = dict  # likewise
    shown: list[bus.Message] = field(default_factory=list)
    later: list[Task] = field(default_factory=list)

    @functools.cached_property
    def counts(self) -> dict[int, PostCounts]:
        """The counts by post, after the batch."""
        return self.counting()

    @functools.cached_property
    def comment_counts(self) -> dict[int, CommentCounts]:
        """The counts by comment, after the batch."""
        return self.counting_comments()

    def messages(self) -> list[bus.Message]:
        """What to show to those who look: the counts of posts, and the rest."""
        counts = self.counts.items()
        return [
            *(bus.of_counters(post, now.ver, now.like_count, now.comment_count) for post, now in counts),
            *self.shown,
        ]
