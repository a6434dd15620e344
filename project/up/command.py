"""The command line of `up` without Django: its settings need the addresses and the secrets that `up` makes."""

import argparse

from project.up.options import add_arguments, options_from
from project.up.runner import run


def main(arguments: list[str]) -> int:
    """Run `up` with these arguments; return the exit code."""
    parser = argparse.ArgumentParser(prog="manage.py up", description="Start everything and keep it running.")
    add_arguments(parser)
    return run(options_from(parser.parse_args(arguments)))
