"""Traces, told to OpenTelemetry, if an operator says where: from a request to all that it causes; no person, no text.

Only requests begin one; whatever else is done follows those that are sampled, with a span in each, and begins none.
The `traceparent` travels as the request's id does (core.tracking). How spans are made and sent is in project.spans,
which is not even imported where OTEL_EXPORTER_OTLP_ENDPOINT is not set.
"""

import contextlib
import functools
import logging
from collections.abc import Collection
from contextlib import AbstractContextManager

from core.env import environment

logger = logging.getLogger(__name__)

INSTALL = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, but nothing is traced: install it with "
    "`pip install opentelemetry-exporter-otlp-proto-http`."
)


@functools.cache
def begin() -> bool:
    """Trace from here on, or say why that cannot be; tell whether this process does."""
    if not environment().otlp_endpoint:
        return False
    try:
        from project import spans  # noqa: PLC0415 -- optional
    except ImportError:
        logger.error(INSTALL)
        return False
    spans.prepare()
    return True


def following(
    name: str, traces: Collection[str], *, sends: bool = False, **numbers: int
) -> AbstractContextManager[list[str]]:
    """Show in each of these traces what is done in here; yields what can follow that in turn, the same as `traces`.

    Args:
        traces: the `traceparent` of each, repeated or not.
        sends: whether it hands something on, rather than takes something up.
    """
    if not traces or not begin():
        return contextlib.nullcontext([])
    from project import spans  # noqa: PLC0415 -- as above

    return spans.following(name, traces, sends=sends, numbers=numbers)
