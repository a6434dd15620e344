"""`manage.py token`."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from accounts import queries
from accounts.models import Token
from tests.support.build import make_user

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    call_command("token", *arguments, stdout=out)
    return out.getvalue()


def test_token_prints_the_token_alone():
    make_user("ana")

    printed = run("ana")

    assert (printed.count("\n"), queries.viewer_by_token(printed.strip()).username) == (1, "ana")


def test_token_has_a_name():
    make_user("ana")

    run("ana", "--name", "laptop")

    assert Token.objects.get().name == "laptop"


def test_token_as_json():
    make_user("ana")

    body = json.loads(run("ana", "--name", "laptop", "--json"))

    token = Token.objects.get()
    assert (body["id"], body["username"], body["name"]) == (str(token.id), "ana", "laptop")
    assert queries.viewer_by_token(body["token"]).username == "ana"


def test_token_for_nobody():
    with pytest.raises(CommandError, match="There is nobody of that name here"):
        run("nobody")
