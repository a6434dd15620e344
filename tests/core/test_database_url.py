"""Facts about DATABASE_URL."""

import pytest

from core import database_url


def test_one_host_with_everything():
    found = database_url.parse("postgres://ana:p%40ss@db.example:5433/ph%2Foto?sslmode=verify-full")

    assert found.settings() == {
        "NAME": "ph/oto",
        "USER": "ana",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
    }
    assert found.options == {"sslmode": "verify-full"}


def test_of_several_hosts_the_one_that_takes_writes():
    found = database_url.parse("postgresql://u:p@a:5432,b,[::1]:5433/photos")

    assert (found.hosts, found.ports) == ("a,b,::1", "5432,,5433")
    assert found.options == {"target_session_attrs": "read-write"}


def test_a_socket_folder_in_the_place_of_a_host():
    assert database_url.parse("postgres://u@%2Frun%2Fpostgresql/photos").hosts == "/run/postgresql"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://h/d", "must begin with postgres://"),
        ("postgres://u:secret@h/d?ssl=1", "has options that are not known: ssl; known are"),
        ("postgres://u:secret@h:x/d", "has no usable port in 'h:x'"),
        ("postgres://u:secret@a,/d", "names a host without a name"),
    ],
)
def test_what_is_not_understood_is_named_without_the_password(url, says):
    with pytest.raises(ValueError, match=says) as refusal:
        database_url.parse(url)

    assert "secret" not in str(refusal.value)
