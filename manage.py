#!/usr/bin/env python
"""The command line: `python manage.py up` starts everything."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    if sys.argv[1:2] == ["up"]:  # past Django, whose settings need the addresses and secrets that `up` makes
        from project.up.command import main

        sys.exit(main(sys.argv[2:]))

    from django.core.management import execute_from_command_line

    if sys.argv[1:2] in (["backup"], ["restore"]):  # the embedded PostgreSQL may have to be started for them
        from project.up import alone

        changes_nothing = not {"backup", "--verify", "--dry-run"}.isdisjoint(sys.argv)
        sys.exit(alone.run(lambda: execute_from_command_line(sys.argv), beside_up=changes_nothing))

    execute_from_command_line(sys.argv)
