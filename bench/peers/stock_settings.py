"""The peer: our own views, and our own middlewares where Django has none, on Django as it comes under ASGI."""

from project.settings import *  # noqa: F403 -- the same database, pool, templates and limits

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "project.compression.compression_middleware",
    "csp.middleware.CSPMiddleware",
    "project.languages.language_middleware",
    "project.middleware.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "project.middleware.viewer_middleware",
    "project.maintenance.maintenance_middleware",
    "project.rates.RateMiddleware",
]
ROOT_URLCONF = "bench.peers.stock_urls"
