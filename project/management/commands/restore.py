"""`manage.py restore FILE`: puts a backup in place, or with `--verify` proves in a place of its own that it is good."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from project import backup
from project.doctor import State


class Command(BaseCommand):
    """Restore. All of it or nothing: what fails leaves everything as it was."""

    help = "Restore a backup into an empty database and data folder, while Photophore does not run."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Read which, and what it may do to what is here."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="remove the people and photos that are here")
        parser.add_argument("--dry-run", action="store_true", help="read all of the backup, and say what would go")
        parser.add_argument("--verify", action="store_true", help="restore it elsewhere, count, and throw that away")
        parser.add_argument("--json", action="store_true", help="report as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, or only look, and tell; exit code 1 unless all is there and well."""
        if options["verify"]:
            return self._verify(backup.verify(options["file"]), options)
        try:
            if options["dry_run"]:
                planned, files = backup.foresee(options["file"])
                return self._tell(dataclasses.asdict(planned) | {"files": files}, _planned(planned, files), options)
            restored = backup.restore(options["file"], replace=options["replace"])
        except backup.FAILURES as error:
            raise CommandError(f"Not restored: {error}") from error
        self._tell(dataclasses.asdict(restored) | {"good": restored.good}, _words(restored), options)
        if not restored.good:
            sys.exit(1)
        return None

    def _tell(self, body: dict[str, Any], words: str, options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(body) if options["json"] else words)

    def _verify(self, proof: backup.Proof, options: dict[str, Any]) -> None:
        if options["json"] or proof.good:
            words = f"Good: {proof.rows} rows and {proof.files} files are all there."
            self._tell(dataclasses.asdict(proof), words, options)
        else:
            self.stderr.write(proof.said)
        if not proof.good:
            sys.exit(1)


def _planned(planned: backup.Plan, files: int) -> str:
    lines = [f"The backup of {planned.made_at} is whole: {planned.rows} rows and {files} files."]
    if planned.connections:
        lines.append(f"Photophore runs ({planned.connections} connections): stop it before you restore.")
    if planned.replaces:
        photos = " and all photos" if planned.photos_here else ""
        lines.append(f"It would replace {planned.people_here} people{photos}; that needs --replace.")
    else:
        lines.append("Nothing is here that it would replace.")
    return "\n".join(lines)


def _words(restored: backup.Restored) -> str:
    lines = [f"Restored {restored.plan.rows} rows and {restored.files} files of {restored.plan.made_at}."]
    if restored.migrated:
        lines.append(f"{restored.migrated} migrations were applied to it.")
    if not restored.redis:
        lines.append("Redis did not answer: flush it before the first process starts.")
    lines += [f"lost  {name}" for name in restored.lost]
    for finding in restored.findings:
        if finding.state is not State.OK:
            lines.append(f"{finding.state}  {finding.part}: {finding.said} → {finding.cure}")
    return "\n".join([*lines, "Start Photophore, and run manage.py doctor."])
