"""Every address of the site. Each app brings its own."""

from allauth.account.decorators import secure_admin_login
from allauth.headless.constants import Client
from django.contrib import admin
from django.urls import include, path

from accounts.passkeys import AppPasskeysView
from ops import health, metrics
from project import browsers, developers, languages
from project.api import api
from project.branching import branching

# The admin's own form asks for no second factor: there is one way in.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler404 = "project.problems.not_found"
handler500 = "project.problems.server_error"
urlpatterns = [
    path("api/v1/asyncapi.json", developers.asyncapi_json, name="asyncapi"),
    branching("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    path(  # before allauth's own, whose form has no bounds
        "_allauth/app/v1/account/authenticators/webauthn",
        AppPasskeysView.as_api_view(client=Client.APP),
        name="app_passkeys",
    ),
    path("_allauth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
    path("developers/", developers.start, name="developers"),
    path("developers/protocol/", developers.reference, name="developers_protocol"),
    path("developers/playground/", developers.playground, name="developers_playground"),
    path("sw.js", browsers.worker, name="worker"),
    path("offline/", browsers.offline, name="offline"),
    path("share/", browsers.share, name="share"),
    path("csp", browsers.csp_report, name="csp_report"),
    path("robots.txt", browsers.robots, name="robots"),
    path("i18n/setlang/", languages.choose, name="set_language"),
    path("i18n/words/<slug:language>.js", languages.catalogue, name="catalogue"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include("content.urls")),  # the front page is found first
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("ops.urls")),
]
