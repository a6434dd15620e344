"""The environment as one typed settings model; not Django's settings, which read it.

Every name may also be given as `<NAME>_FILE`, a path whose content is the value (for secrets). docs/configuration.md is
generated from the fields below.
"""

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from core import database_url, redis_url

ROOT = Path(__file__).resolve().parent.parent
SECRETS_FILE = "secrets.env"  # in the data folder; `up` writes it


class Environment(BaseSettings):
    """What an operator may set. Unset values have defaults that suit one small box."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    secret_key: str = Field(
        alias="SECRET_KEY", description="Signs sessions and tokens. `up` makes one in the data folder."
    )
    secret_key_fallbacks: str = Field(
        "",
        alias="SECRET_KEY_FALLBACKS",
        description="Former keys, the latest first, separated by commas: what they signed counts until it ends.",
    )
    debug: bool = Field(False, alias="DEBUG", description="Django's debug pages. Never on a public host.")
    allowed_hosts: str = Field(
        "localhost,127.0.0.1,[::1]", alias="ALLOWED_HOSTS", description="Host names served, separated by commas."
    )
    origin: str = Field(
        "",
        alias="PHOTOPHORE_ORIGIN",
        description="Public origins such as https://photos.example, separated by commas; sockets and forms "
        "accept only these.",
    )
    port: int = Field(8000, alias="PORT", ge=1, le=65535, description="The port that `up` serves on.")
    data: Path = Field(
        ROOT / "var",
        alias="PHOTOPHORE_DATA",
        description="Folder of uploads, secrets, mail outbox and embedded services.",
    )
    media_location: str = Field(
        "",
        alias="PHOTOPHORE_MEDIA_LOCATION",
        pattern=r"^(/[\w-]+/)?$",
        description="The proxy's internal location of the data folder's media/, /_media/ in deploy/nginx.conf: it "
        "sends a photo's file once the policy has allowed that. Unset: web processes do.",
    )
    database_url: str = Field(
        alias="DATABASE_URL",
        description="postgres://user:password@host:port/name; of host:port,host:port the one that takes writes "
        "is used. Unset: `up` starts its own PostgreSQL.",
    )
    database_replica_url: str = Field(
        "",
        alias="DATABASE_REPLICA_URL",
        description="A streaming replica, which finds posts and people while it is near. Unset: the primary does.",
    )
    replica_lag: float = Field(
        2.0,
        alias="PHOTOPHORE_REPLICA_LAG",
        gt=0,
        le=60,
        description="Seconds that the replica may be late; a later one is not asked.",
    )
    database_pool: int = Field(
        8,
        alias="PHOTOPHORE_DATABASE_POOL",
        ge=1,
        le=64,
        description="Connections, and threads that run domain code, in each process.",
    )
    log_days: int = Field(
        30,
        alias="PHOTOPHORE_LOG_DAYS",
        ge=1,
        description="How long events are kept for clients that were away; one away for longer loads its page anew.",
    )
    log_partition_days: int = Field(
        7,
        alias="PHOTOPHORE_LOG_PARTITION_DAYS",
        ge=1,
        description="How many days of events are kept in one table, and dropped together. 1 at scale.",
    )
    redis_url: str = Field(
        alias="REDIS_URL",
        description="The live bus: redis://host:port/db, a Cluster as redis+cluster://host:port,host:port, or "
        "Sentinels as redis+sentinel://host:port,host:port/service/db. Unset: `up` starts its own Valkey.",
    )
    celery_broker_url: str = Field(
        "",
        alias="CELERY_BROKER_URL",
        description="redis:// or amqp://, the task queue. Default: REDIS_URL; required if that names several hosts.",
    )
    rate_limits: bool = Field(
        True,
        alias="PHOTOPHORE_RATE_LIMITS",
        description="How often a person, a token and an address may ask is limited. Off only for tests under load.",
    )
    handler: Literal["ours", "django"] = Field(
        "ours",
        alias="PHOTOPHORE_HANDLER",
        description="Who turns requests into answers: `ours`, without threads where none is needed, or `django`'s own, "
        "which is slower and does the same.",
    )
    jit: bool = Field(
        False,
        alias="PHOTOPHORE_JIT",
        description="Web processes turn on Python's JIT where it has one; where it has none they say so, and serve as "
        "ever.",
    )
    node: str = Field("web-1", alias="PHOTOPHORE_NODE", description="This process's name in `welcome` and in logs.")
    accepts: float = Field(
        1000,
        alias="PHOTOPHORE_ACCEPTS",
        ge=0,
        description="Sockets that a web process accepts in a second, twice as many at once after calm; the others get "
        "503 with Retry-After. 0: no limit.",
    )
    max_sockets: int = Field(
        20_000,
        alias="PHOTOPHORE_MAX_SOCKETS",
        ge=1,
        description="Sockets that a web process holds; never more than its descriptors allow.",
    )
    drain_notice: float = Field(
        5.0,
        alias="PHOTOPHORE_DRAIN_NOTICE",
        ge=0,
        description="Seconds for which a web process that was told to stop says so at /readyz and serves on, so that "
        "its balancer looks away first. `up` sets 0.",
    )
    drain_seconds: float = Field(
        20.0,
        alias="PHOTOPHORE_DRAIN_SECONDS",
        ge=0,
        description="Seconds over which a web process that stops sends its sockets to the others.",
    )
    feed_pull_followers: int = Field(
        10_000,
        alias="PHOTOPHORE_FEED_PULL_FOLLOWERS",
        ge=0,
        description="Once a person has had more followers, feeds ask for their posts instead of being handed them.",
    )
    video_mb: int = Field(
        100,
        alias="PHOTOPHORE_VIDEO_MB",
        ge=1,
        le=4_000,
        description="Megabytes of a video that is sent, at most.",
    )
    video_seconds: int = Field(
        60,
        alias="PHOTOPHORE_VIDEO_SECONDS",
        ge=1,
        le=480,
        description="Length of a video at most. One that takes over 90 seconds to prepare is refused as well.",
    )
    video_megapixels: float = Field(
        9.0,
        alias="PHOTOPHORE_VIDEO_MEGAPIXELS",
        gt=0,
        le=36,
        description="Size of a video's frames at most, in millions of pixels; 4K has 8.3 (DCI 8.8).",
    )
    video_frame_rate: int = Field(
        60, alias="PHOTOPHORE_VIDEO_FRAME_RATE", ge=1, le=240, description="Frames a second of a video at most."
    )
    ffmpeg: str = Field(
        "",
        alias="PHOTOPHORE_FFMPEG",
        description="Path of the ffmpeg that prepares videos. Unset: the system's if it makes H.264, or else the one "
        "that is installed with Photophore.",
    )
    email_url: str = Field(
        "",
        alias="EMAIL_URL",
        description="smtp://user:password@host:port or smtps://…. Unset: mail is written to files in the data "
        "folder's outbox.",
    )
    email_from: str = Field("photophore@localhost", alias="PHOTOPHORE_EMAIL_FROM", description="Sender of mail.")
    signup: bool = Field(True, alias="PHOTOPHORE_SIGNUP", description="Whether people may sign up by themselves.")
    pulse: float = Field(
        10.0,
        alias="PHOTOPHORE_PULSE",
        ge=0,
        description="Seconds between two events with which a web process sees whether live updates flow. 0: it does "
        "not look.",
    )
    metrics_token: str = Field(
        "",
        alias="PHOTOPHORE_METRICS_TOKEN",
        description="Who shows it as a bearer token may read /metrics. Unset: only this machine may.",
    )
    log_level: str = Field("INFO", alias="PHOTOPHORE_LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR.")
    sentry_dsn: str = Field(
        "",
        alias="SENTRY_DSN",
        description="Where Sentry takes errors. Needs `pip install sentry-sdk`; people and texts are not sent.",
    )
    otlp_endpoint: str = Field(
        "",
        alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        pattern=r"^(https?://\S+)?$",
        description="Where OpenTelemetry takes traces: http://host:4318 or https://…. Needs `pip install "
        "opentelemetry-exporter-otlp-proto-http`, which heeds other OTEL_ variables; people and texts are not sent.",
    )
    log_format: Literal["line", "json"] = Field(
        "line",
        alias="PHOTOPHORE_LOG_FORMAT",
        description="`line` for people, `json` for a collector: one object a line, the same keys from every process.",
    )

    @field_validator("redis_url")
    @classmethod
    def _redis_url_is_understood(cls, url: str) -> str:
        redis_url.parse(url)
        return url

    @field_validator("database_url", "database_replica_url")
    @classmethod
    def _database_url_is_understood(cls, url: str) -> str:
        if url:
            database_url.parse(url)
        return url

    @model_validator(mode="after")
    def _celery_has_a_broker(self) -> Self:
        if redis_url.names_several(self.celery_broker_url or self.redis_url):
            raise ValueError(
                "CELERY_BROKER_URL must name one Redis, or RabbitMQ: Celery cannot use one of several hosts"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The process environment first, then `…_FILE`, then the secrets that the first start made."""
        return init_settings, env_settings, _Values(settings_cls, _from_files(names())), _Values(settings_cls, _saved())


def names() -> set[str]:
    """The names of all settings."""
    return {field.alias for field in Environment.model_fields.values() if field.alias}


class _Values(PydanticBaseSettingsSource):
    """A settings source over a plain mapping of environment names."""

    def __init__(self, settings_cls: type[BaseSettings], values: Mapping[str, str]) -> None:
        super().__init__(settings_cls)
        self._values = values

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return self._values.get(field.alias), field.alias, False

    def __call__(self) -> dict[str, Any]:
        return dict(self._values)


def _from_files(named: set[str]) -> dict[str, str]:
    paths = {name: os.environ.get(f"{name}_FILE") for name in named}
    return {name: Path(path).read_text().strip() for name, path in paths.items() if path}


def _saved() -> dict[str, str]:
    """Read what `up` keeps in the data folder: the secrets that it made and the addresses of its own services."""
    path = Path(os.environ.get("PHOTOPHORE_DATA") or ROOT / "var") / SECRETS_FILE
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


@functools.cache
def environment() -> Environment:
    """The environment, read and checked once.

    Raises:
        pydantic.ValidationError: naming each variable that is missing or out of range.
    """
    return Environment()  # type: ignore[call-arg]  # its arguments come from the process environment
