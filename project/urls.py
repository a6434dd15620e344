"""Every address of the site. Each app brings its own."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

from project import health
from project.api import api

PAGES = ("accounts", "content", "notifications")

handler404 = "project.problems.not_found"
urlpatterns = [
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    *(path("", include(f"{app}.urls")) for app in PAGES if find_spec(f"{app}.urls")),
]
