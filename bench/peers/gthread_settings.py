"""The peer: synchronous twins of our views on Django as most run it, under Gunicorn's threads. Not ours.

Nobody serves static files here, nor looks for maintenance: it has a little less to do than we.
"""

from project.settings import *  # noqa: F403 -- the same database, pool, templates and limits

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "bench.peers.gthread_views.request_id_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "bench.peers.gthread_views.viewer_middleware",
]
ROOT_URLCONF = "bench.peers.gthread_urls"
