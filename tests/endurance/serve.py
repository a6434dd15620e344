"""project.server, whose application tells what it holds. `python -m tests.endurance.serve`, with its arguments."""

import sys

from project import server


def config(*, of=server.config, **options):
    made = of(**options)
    made.app = "tests.endurance.inside:application"
    return made


if __name__ == "__main__":
    server.config = config
    server.main(sys.argv[1:])
