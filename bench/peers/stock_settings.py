"""The peer: our own views, and our own middlewares where Django has none, on Django as it comes under ASGI."""

from project.settings import *  # noqa: F403 -- the same database, pool, templates and limits
from project.settings import MIDDLEWARE as OURS

CHAIN = "project.chain."
THEIRS = {
    "SecurityMiddleware": "django.middleware.security",
    "SessionMiddleware": "django.contrib.sessions.middleware",
    "CommonMiddleware": "django.middleware.common",
    "CsrfViewMiddleware": "django.middleware.csrf",
    "AuthenticationMiddleware": "django.contrib.auth.middleware",
    "MessageMiddleware": "django.contrib.messages.middleware",
}


def _theirs(name: str) -> list[str]:
    kind = name.removeprefix(CHAIN)
    if kind == "HeadersMiddleware":
        return ["csp.middleware.CSPMiddleware", "django.middleware.clickjacking.XFrameOptionsMiddleware"]
    return [f"{THEIRS[kind]}.{kind}" if name.startswith(CHAIN) else name]


MIDDLEWARE = [theirs for name in OURS for theirs in _theirs(name)]
ROOT_URLCONF = "bench.peers.stock_urls"
