"""The REST API against its own description: whatever a generator makes of the document, nothing breaks or surprises."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from accounts.actions import make_token
from accounts.models import Session
from tests.support.build import make_comment, make_follow, make_post, make_user, prove_second_factor

EXAMPLES = 3  # of each operation and phase; `make fuzz` gives more
ALL = "examples,coverage,fuzzing,stateful"
MOST_SECONDS = 280
CONFIG = """
[[operations]]
include-path = "/api/v1/events"
parameters = { "query.wait" = 0 }  # it waits for news, and nothing happens meanwhile
"""


@pytest.fixture
def people(stack):
    """A member and an operator, each with something that ids may hit upon."""
    ana, ben = make_user("ana"), make_user("ben", is_staff=True)
    for user, other in ((ana, ben), (ben, ana)):
        make_follow(user, other)
        make_comment(make_post(user), other)
    return {"anonymous": None, "member": ana, "staff": ben}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", ["anonymous", "member", "staff"])
def test_no_answer_is_an_error_or_outside_the_schema(stack, people, signed_in, role):
    user, options = people[role], []
    if role == "staff":  # a moderator: a session with a second factor, which no token has
        key = signed_in(user).partition("=")[2]
        prove_second_factor(Session.objects.get(user=user))
        # What the tool makes up beside it is no bearer token, so passed over; the check takes that for a hole.
        options = ["-H", f"X-Session-Token: {key}", "--exclude-checks", "positive_data_acceptance,ignored_auth"]
    elif user:
        options = ["-H", f"Authorization: Bearer {make_token(user_id=user.id)}"]

    code, said = run(stack.url, *options)

    assert code == 0, said


def run(url, *options):
    config = settings.DATA / "schemathesis.toml"
    config.write_text(CONFIG)
    command = [
        *(Path(sys.executable).with_name("st"), "--config-file", str(config), "run", f"{url}/api/v1/openapi.json"),
        *("--phases", ALL, "--max-examples", str(EXAMPLES), "--seed", "1", "--generation-database", "none"),
        # What is of the right shape may still be refused: a cursor that we never gave out, somebody else's photo.
        *("--checks", "all", "--exclude-checks", "positive_data_acceptance"),
        *("--request-timeout", "10", "--no-color", "--warnings", "off"),
        *options,
    ]
    done = subprocess.run(command, cwd=settings.DATA, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
    return done.returncode, done.stdout[-20_000:] + done.stderr[-2_000:]
