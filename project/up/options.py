"""What `up` may be told on its command line. Read without Django, whose settings need what `up` starts."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVERS = ("uvicorn", "daphne", "gunicorn")
LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Options:
    """One start."""

    host: str = "127.0.0.1"
    port: int = 8000
    web: int = 1
    workers: int = 1
    demo: bool = True
    server: str = "uvicorn"
    data: Path = ROOT / "var"

    @property
    def reachable_host(self) -> str:
        """The address at which this machine reaches itself when it serves on all of them."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 -- compared, not bound


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    parser.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000", help="default: PORT, or 8000")
    parser.add_argument("--web", type=_count, default=1, metavar="N", help="web processes, on the one port")
    parser.add_argument("--workers", type=_count, default=1, metavar="N", help="Celery workers for live updates")
    parser.add_argument("--no-demo", action="store_true", help="do not fill an empty database with the demo")
    parser.add_argument("--server", choices=SERVERS, default="uvicorn")


def options_from(found: argparse.Namespace) -> Options:
    return Options(
        host=found.host,
        port=found.port,
        web=found.web,
        workers=found.workers,
        demo=not found.no_demo,
        server=found.server,
        data=data_folder(),
    )


def data_folder() -> Path:
    """The data folder, before there are settings that name it."""
    return Path(os.environ.get("PHOTOPHORE_DATA") or ROOT / "var")


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 1 to {LAST_PORT}")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)
