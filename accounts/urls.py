"""The addresses of people's pages. The profile itself shows posts, hence it is content's."""

from django.urls import path

from accounts import own_views, views

urlpatterns = [
    path("@<str:username>/followers/", views.followers, name="followers"),
    path("@<str:username>/following/", views.following, name="following"),
    path("@<str:username>/follow/", views.follow, name="follow"),
    path("@<str:username>/block/", views.block, name="block"),
    path("@<str:username>/mute/", views.mute, name="mute"),
    path("@<str:username>/remove/", views.follower_remove, name="follower_remove"),
    path("settings/", views.profile_settings, name="settings"),
    path("settings/privacy/", views.privacy, name="settings_privacy"),
    path("settings/requests/", views.requests, name="settings_requests"),
    path("settings/requests/<str:username>/", views.request_answer, name="request_answer"),
    path("settings/muted/", own_views.muted, name="settings_muted"),
    path("settings/blocked/", own_views.blocked, name="settings_blocked"),
    path("settings/sessions/", views.sessions, name="settings_sessions"),
    path("settings/sessions/end/", views.sessions_end_others, name="sessions_end_others"),
    path("settings/sessions/<int:session_id>/end/", views.session_end, name="session_end"),
    path("settings/tokens/", own_views.tokens, name="settings_tokens"),
    path("settings/tokens/<int:token_id>/revoke/", own_views.token_revoke, name="token_revoke"),
    path("settings/data/", own_views.data, name="settings_data"),
    path("settings/delete/", own_views.delete_account, name="settings_delete"),
]
