"""The addresses of people's pages. The profile itself shows posts, hence it is content's."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("@<str:username>/followers/", views.followers, name="followers"),
    path("@<str:username>/following/", views.following, name="following"),
    path("@<str:username>/follow/", views.follow, name="follow"),
    path("settings/", views.settings, name="settings"),
    path("settings/sessions/", views.sessions, name="settings_sessions"),
    path("settings/sessions/end/", views.sessions_end_others, name="sessions_end_others"),
    path("settings/sessions/<int:session_id>/end/", views.session_end, name="session_end"),
]
