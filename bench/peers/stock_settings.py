"""The peer: our own views, and our own middlewares where Django has none, on Django as it comes under ASGI."""

from project.settings import *  # noqa: F403 -- the same database, pool, templates and limits
from project.settings import MIDDLEWARE as OURS

CHAIN = "project.chain."
THEIRS = {
    "SecurityMiddleware": "django.middleware.security",
    "CSPMiddleware": "csp.middleware",
    "SessionMiddleware": "django.contrib.sessions.middleware",
    "CommonMiddleware": "django.middleware.common",
    "CsrfViewMiddleware": "django.middleware.csrf",
    "AuthenticationMiddleware": "django.contrib.auth.middleware",
    "MessageMiddleware": "django.contrib.messages.middleware",
    "XFrameOptionsMiddleware": "django.middleware.clickjacking",
}


def _theirs(name: str) -> str:
    kind = name.removeprefix(CHAIN)
    return f"{THEIRS[kind]}.{kind}" if name.startswith(CHAIN) else name


MIDDLEWARE = [_theirs(name) for name in OURS]
ROOT_URLCONF = "bench.peers.stock_urls"
