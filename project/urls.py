"""Every address of the site. Each app brings its own."""

from django.contrib import admin
from django.urls import include, path

from project.api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
