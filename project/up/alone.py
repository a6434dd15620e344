"""A command of manage.py with the embedded services around it, where `up` does not run them. They stop behind it."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from project.up import services
from project.up.console import OWN_COLOUR, OWN_NAME, Console
from project.up.folder import Folder
from project.up.options import data_folder
from project.up.process import StartError
from project.up.supervisor import Supervisor


class OwnWords(Console):
    """Leaves out what the services say: if one does not start, its last lines are in the error."""

    def line(self, name: str, text: str, *, colour: int = OWN_COLOUR) -> None:
        if name == OWN_NAME:
            super().line(name, text, colour=colour)


def run(command: Callable[[], None], *, beside_up: bool) -> int:
    """Run a command to its end and return its exit code; start what it needs if nobody has named it, nor runs it.

    Args:
        beside_up: whether it may run while `up` does, with the services that that one runs.
    """
    if services.given("DATABASE_URL") and services.given("REDIS_URL"):
        return _code_of(command)
    console = OwnWords(sys.stderr)  # what the command prints may be for a program
    try:
        folder = _folder(data_folder(), console, beside_up=beside_up)
        return _code_of(command) if folder is None else asyncio.run(_with_services(folder, console, command))
    except StartError as error:
        console.say(str(error))
        return 1


def _folder(path: Path, console: Console, *, beside_up: bool) -> Folder | None:
    """The folder, ours for as long as the command takes; None if `up` has it, and that is well."""
    try:
        return Folder(path, say=console.say)
    except StartError:
        if beside_up:
            return None
        raise


async def _with_services(folder: Folder, console: Console, command: Callable[[], None]) -> int:
    supervisor = Supervisor(console, keep_open=(folder.lock,))
    try:
        found = await services.prepare(folder, say=console.say)
        await supervisor.start(*(service.process() for service in found.values()))
        return await asyncio.to_thread(_code_of, command)
    finally:
        await supervisor.stop()


def _code_of(command: Callable[[], None]) -> int:
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
