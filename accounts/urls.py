"""The addresses of people's pages. The profile itself shows posts, hence it is content's."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("@<str:username>/followers/", views.followers, name="followers"),
    path("@<str:username>/following/", views.following, name="following"),
    path("@<str:username>/follow/", views.follow, name="follow"),
    path("@<str:username>/block/", views.block, name="block"),
    path("settings/", views.settings, name="settings"),
    path("settings/privacy/", views.privacy, name="settings_privacy"),
    path("settings/delete/", views.delete_account, name="settings_delete"),
    path("settings/requests/", views.requests, name="settings_requests"),
    path("settings/requests/<str:username>/", views.request_answer, name="request_answer"),
    path("settings/sessions/", views.sessions, name="settings_sessions"),
    path("settings/sessions/end/", views.sessions_end_others, name="sessions_end_others"),
    path("settings/sessions/<int:session_id>/end/", views.session_end, name="session_end"),
]
