"""Django's settings. What an operator sets is in core.env; the rest is decided here."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from celery.schedules import crontab

import project
from core import broker, database_url
from core.env import ROOT, environment

env = environment()
VERSION = project.VERSION
BASE_DIR = ROOT

# --- What is served -------------------------------------------------------------------------------------------------
SECRET_KEY = env.secret_key
SECRET_KEY_FALLBACKS = [key.strip() for key in env.secret_key_fallbacks.split(",") if key.strip()]
DEBUG = env.debug
ALLOWED_HOSTS = [host.strip() for host in env.allowed_hosts.split(",") if host.strip()]
ORIGINS = [origin.strip().rstrip("/") for origin in env.origin.split(",") if origin.strip()]
CSRF_TRUSTED_ORIGINS = ORIGINS
SECURE = bool(ORIGINS) and all(origin.startswith("https://") for origin in ORIGINS)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "ninja",  # brings Swagger UI, so that the docs load nothing from elsewhere
    "servestatic",
    "lucide",
    "core",
    "events",
    "accounts",
    "content",
    "realtime",
    "notifications",
    "ops",
    "project",
]

_PINNING = ["project.pinning.pinning_middleware"] if env.database_replica_url else []
MIDDLEWARE = [
    "project.chain.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "project.compression.compression_middleware",
    "project.chain.HeadersMiddleware",
    "project.languages.language_middleware",
    "project.middleware.ProblemMiddleware",
    "project.middleware.tracing_middleware",
    "project.chain.SessionMiddleware",
    "project.chain.CommonMiddleware",
    "project.chain.CsrfViewMiddleware",
    "project.chain.AuthenticationMiddleware",
    "project.chain.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "project.middleware.viewer_middleware",
    "project.maintenance.maintenance_middleware",
    "project.rates.RateMiddleware",
    *_PINNING,
]
# Programs have no session to save, no message to read, no form to protect and no page to compress. The same headers.
BRIEF_MIDDLEWARE = [
    "project.chain.HeadersMiddleware",
    "project.languages.language_middleware",
    "project.middleware.ProblemMiddleware",
    "project.middleware.tracing_middleware",
    "project.chain.HostMiddleware",
    "project.middleware.viewer_middleware",
    "project.maintenance.maintenance_middleware",
    "project.rates.RateMiddleware",
    *_PINNING,
]
BRIEF_PATHS = ("/api/v1/", "/healthz", "/readyz")

ROOT_URLCONF = "project.urls"
ASGI_APPLICATION = "asgi.application"
HANDLER = env.handler
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.web.viewer_context",
            ],
        },
    }
]

# --- Where things are kept ------------------------------------------------------------------------------------------
# A thread of the crossing holds at most one connection, so there are as many of one as of the other.
DOMAIN_THREADS = env.database_pool


def _database(url: str, *, statement_timeout: str) -> dict[str, Any]:
    """Django's words for one PostgreSQL."""
    named = database_url.parse(url)
    return named.settings() | {
        "ENGINE": "django.db.backends.postgresql",
        # Under ASGI a request's work may run in any thread: a pool, never CONN_MAX_AGE.
        "CONN_MAX_AGE": 0,
        # An attempt to connect is given up soon, and the next call makes another: the pool itself would wait longer
        # after each that failed, and so be away about as long again as PostgreSQL was.
        "OPTIONS": named.options
        | {
            "pool": {"min_size": 1, "max_size": DOMAIN_THREADS + 2, "timeout": 5, "reconnect_timeout": 2},
            "connect_timeout": 5,
            "application_name": f"photophore {env.node}",
            # core.sql prepares its statements, and nobody else does; they are planned once, which takes longer than
            # running them. A pooler in between must know prepared statements (PgBouncer from 1.21 on does).
            "prepare_threshold": 10**9,
            "options": f"-c lock_timeout=5s -c statement_timeout={statement_timeout} "
            "-c idle_in_transaction_session_timeout=30s -c plan_cache_mode=force_generic_plan",
        },
    }


DATABASES = {"default": _database(env.database_url, statement_timeout="30s")}
if env.database_replica_url:  # what takes longer there is asked of the primary
    DATABASES["replica"] = _database(env.database_replica_url, statement_timeout="5s")
REPLICA_LAG_SECONDS = env.replica_lag

REDIS_URL = env.redis_url
# What must not be lost with Redis (log-in limits) is cached in PostgreSQL.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {
            "MAX_ENTRIES": 100_000
        },  # past it entries are dropped: the default 300 would lift limits in an attack
    }
}

DATA = Path(env.data)
MEDIA_ROOT = DATA / "media"
MEDIA_LOCATION = env.media_location
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [ROOT / "frontend" / "static", ("sdk", ROOT / "frontend" / "sdk")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "project.static.HashedStorage"},
}
SERVESTATIC_MIMETYPES = {".webmanifest": "application/manifest+json"}
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 20
MAX_UPLOAD_BYTES = 25 * 1024 * 1024
MAX_VIDEO_BYTES = env.video_mb * 1024 * 1024
MAX_VIDEO_SECONDS = env.video_seconds
MAX_VIDEO_PIXELS = int(env.video_megapixels * 1_000_000)
MAX_VIDEO_FRAME_RATE = env.video_frame_rate
FFMPEG = env.ffmpeg
NINJA_FIX_REQUEST_FILES_METHODS: set[str] = set()  # project.middleware has parsed uploads of any method
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"  # the others read the database in templates
CSRF_FAILURE_VIEW = "project.problems.csrf_failure"

# --- Who is who -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_NAME = "__Host-sid" if SECURE else "sid"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_USERNAME_VALIDATORS = "accounts.names.username_validators"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or second factor is told by mail
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "accounts.passkeys.AddPasskeyForm",
    "edit_webauthn": "accounts.passkeys.EditPasskeyForm",
}
MFA_TOTP_ISSUER = "Photophore"
# A used code is remembered for one period: whoever tolerates a neighbour's code lets one be used twice.
MFA_TOTP_TOLERANCE = 0
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # browsers themselves allow it on localhost alone
HEADLESS_CLIENTS = ("app",)  # pages have forms; a browser client would be a second way in by cookie
SIGNUP_OPEN = env.signup

# --- How often ------------------------------------------------------------------------------------------------------
RATE_LIMITS = env.rate_limits

# --- What browsers may do -------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        # The hash is that of the one rule in _site_styles.html: pages cross-fade.
        "style-src": ["'self'", "'sha256-HZ4rB03Xrq48TXRrshZ0A/rzCbrI8O6Hcrjxi45i7Q8='"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],  # a video that is about to be sent
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "report-uri": ["/csp"],
    },
}

# --- Mail -----------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.email_from
_mail = urlsplit(env.email_url)
if _mail.scheme:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA / "outbox"

# --- What may wait --------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.celery_broker_url or env.redis_url
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(
    CELERY_BROKER_URL, timeout_seconds=5, connect_timeout_seconds=2
)
CELERY_BROKER_NATIVE_DELAYED_DELIVERY_QUEUE_TYPE = "classic"  # 28 queues, and no task of ours is ever delayed
CELERY_TASK_QUEUES = broker.queues(CELERY_BROKER_URL)
CELERY_TASK_DEFAULT_QUEUE = "bulk"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 180
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000  # KiB: a decoder that grew is replaced after its task
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BEAT_SCHEDULE = {
    # The net under every lost wake: what an outage left is sent within two seconds of its end.
    "sweep": {"task": "events.sweep", "schedule": 2.0, "options": {"queue": "live", "expires": 2}},
    "watch media": {"task": "content.watch_media", "schedule": 30.0, "options": {"queue": "media", "expires": 30}},
    "rank posts": {"task": "content.rank_posts", "schedule": 59.0, "options": {"queue": "bulk", "expires": 59}},
    "sweep tickets": {"task": "realtime.sweep_tickets", "schedule": 61.0, "options": {"queue": "bulk", "expires": 60}},
    "keep log": {"task": "realtime.keep_log", "schedule": 3607.0, "options": {"queue": "bulk", "expires": 3600}},
    "end suspensions": {
        "task": "accounts.end_suspensions",
        "schedule": 60.0,
        "options": {"queue": "bulk", "expires": 60},
    },
    "end mutes": {"task": "accounts.end_mutes", "schedule": 60.0, "options": {"queue": "bulk", "expires": 60}},
    "forget names": {
        "task": "accounts.forget_names",
        "schedule": crontab(hour="4", minute="7"),
        "options": {"queue": "bulk", "expires": 3600},
    },
    "purge posts": {
        "task": "content.purge_posts",
        "schedule": crontab(hour="4", minute="23"),
        "options": {"queue": "bulk", "expires": 3600},
    },
    "purge accounts": {
        "task": "project.purge_accounts",
        "schedule": crontab(hour="4", minute="37"),
        "options": {"queue": "bulk", "expires": 3600},
    },
    "purge cases": {
        "task": "ops.purge_cases",
        "schedule": crontab(hour="4", minute="51"),
        "options": {"queue": "bulk", "expires": 3600},
    },
    "rebuild counters": {
        "task": "project.rebuild_counters",
        "schedule": crontab(hour="3", minute="17"),
        "options": {"queue": "bulk", "expires": 3600},
    },
}

# --- Sockets --------------------------------------------------------------------------------------------------------
NODE = env.node
PULSE_SECONDS = env.pulse
METRICS_TOKEN = env.metrics_token
LOG_DAYS = env.log_days
LOG_PARTITION_DAYS = env.log_partition_days
ACCEPTS_A_SECOND = env.accepts
MAX_SOCKETS = env.max_sockets
DRAIN_NOTICE_SECONDS = env.drain_notice
DRAIN_SECONDS = env.drain_seconds

# --- Feeds ----------------------------------------------------------------------------------------------------------
FEED_PULL_FOLLOWERS = env.feed_pull_followers

# --- The rest -------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("ar", "العربية")]  # each in its own words
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "core.logs.LineFormatter"},
        "json": {"()": "core.logs.JsonFormatter", "node": env.node},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": env.log_format}},
    "root": {"handlers": ["console"], "level": env.log_level},
    # Below ERROR it only tells of each 4xx, with the address that somebody typed.
    "loggers": {"django.request": {"level": "ERROR"}},
}
