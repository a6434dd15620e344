"""What breaks, told to Sentry, if an operator says where: the error and its place in the code; no person, no text."""

import logging
from typing import Any

from core.env import Environment
from core.tracking import request_id

logger = logging.getLogger(__name__)

INSTALL = "SENTRY_DSN is set, but nothing is reported: install it with `pip install sentry-sdk`."
# Of an event; what else there is may name who asked, for what, and with which token.
TOLD = ("event_id", "timestamp", "level", "logger", "platform", "release", "server_name", "exception", "tags", "sdk")


def begin(env: Environment) -> None:
    """Report from here on, or say why that cannot be; nothing happens where SENTRY_DSN is not set."""
    if not env.sentry_dsn:
        return
    try:
        import sentry_sdk  # noqa: PLC0415 -- optional
    except ImportError:
        logger.error(INSTALL)
        return
    sentry_sdk.init(
        dsn=env.sentry_dsn,
        server_name=env.node,
        before_send=_bare,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
    )


def _bare(event: Any, _hint: dict[str, Any]) -> Any:
    """An event without people: of an exception the first line, for the database's next one quotes the row."""
    told = {name: event[name] for name in TOLD if name in event}
    told["message"] = (event.get("logentry") or {}).get("message", "")  # the template, not what was filled in
    told["tags"] = {"request": request_id.get()}
    for value in (told.get("exception") or {}).get("values", ()):
        value["value"] = (value.get("value") or "").partition("\n")[0]
    return told
