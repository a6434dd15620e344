"""The environment as typed settings."""

import pytest
from pydantic import ValidationError

from core.env import Environment

NEEDED = {"SECRET_KEY": "s", "DATABASE_URL": "postgres://h/d", "REDIS_URL": "redis://h/0"}


@pytest.fixture
def set_env(monkeypatch, tmp_path):
    """Set exactly these variables, and an empty data folder."""
    for field in Environment.model_fields.values():
        monkeypatch.delenv(field.alias, raising=False)

    def set_env(**values):
        for name, value in {"PHOTOPHORE_DATA": str(tmp_path), **NEEDED, **values}.items():
            if value is not None:
                monkeypatch.setenv(name, value)
        return tmp_path

    return set_env


def test_defaults_suit_one_box(set_env):
    set_env()

    env = Environment()

    assert (env.debug, env.port, env.database_pool, env.signup) == (False, 8000, 8, True)


def test_a_missing_variable_is_named(set_env):
    set_env(SECRET_KEY=None)

    with pytest.raises(ValidationError, match="SECRET_KEY"):
        Environment()


def test_a_value_out_of_range_is_named(set_env):
    set_env(PORT="0")

    with pytest.raises(ValidationError, match="PORT"):
        Environment()


def test_a_secret_from_a_file(set_env, tmp_path):
    (tmp_path / "key").write_text("from a file\n")
    set_env(SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "key"))

    assert Environment().secret_key == "from a file"


def test_saved_secrets_come_last(set_env, tmp_path):
    (tmp_path / "secrets.env").write_text("SECRET_KEY=saved\nPORT=9000\n")
    set_env(SECRET_KEY=None, PORT="8100")

    env = Environment()

    assert (env.secret_key, env.port) == ("saved", 8100)


def test_a_redis_url_that_is_not_understood_is_named(set_env):
    set_env(REDIS_URL="redis://a:1,b:2/0")

    with pytest.raises(ValidationError, match="REDIS_URL"):
        Environment()


@pytest.mark.parametrize("url", ["redis+cluster://a:1,b:2", "redis+sentinel://a:1,b:2/photos"])
def test_several_hosts_need_a_broker_beside_them(set_env, url):
    set_env(REDIS_URL=url)

    with pytest.raises(ValidationError, match="CELERY_BROKER_URL must name one Redis, or RabbitMQ"):
        Environment()


@pytest.mark.parametrize("broker", ["redis://h/1", "amqp://h"])
def test_a_cluster_with_a_broker_beside_it(set_env, broker):
    set_env(REDIS_URL="redis+cluster://a:1,b:2", CELERY_BROKER_URL=broker)

    assert Environment().redis_url == "redis+cluster://a:1,b:2"
