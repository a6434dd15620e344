"""How a line of the log looks: as people read it, or as JSON, one object a line. Both name the request."""

import json
import logging
import os
import traceback
from datetime import UTC, datetime

from core.tracking import request_id

LINE = "%(levelname)s %(name)s %(message)s"


class LineFormatter(logging.Formatter):
    """`WARNING ops.pulse live: broken at worker`, and in brackets the request."""

    def __init__(self) -> None:
        super().__init__(LINE)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The first line; what an exception adds follows it."""
        line = super().formatMessage(record)
        return f"{line} [{current}]" if (current := request_id.get()) else line


class JsonFormatter(logging.Formatter):
    """The same for a collector: no text of a message or an exception begins a line of its own."""

    def __init__(self, node: str) -> None:
        super().__init__()
        self._node = node

    def format(self, record: logging.LogRecord) -> str:
        """One object, in one line."""
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "node": self._node,
            "pid": os.getpid(),
        }
        if current := request_id.get():
            fields["request"] = current
        if record.exc_info and record.exc_info[0]:
            fields["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(fields, ensure_ascii=False)
