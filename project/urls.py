"""Every address of the site. Each app brings its own."""

from django.contrib import admin
from django.urls import include, path

from project import health
from project.api import api

handler404 = "project.problems.not_found"
urlpatterns = [
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", include("accounts.urls")),
    path("", include("content.urls")),
    path("", include("notifications.urls")),
]
