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

    execute_from_command_line(sys.argv)
