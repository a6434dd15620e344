"""The addresses of posts' pages, and of the photos and videos in them. Profiles too, as they show posts."""

from django.urls import path

from content import views

urlpatterns = [
    path("", views.home, name="home"),
    path("@<str:username>/", views.profile, name="profile"),
    path("p/<int:post_id>/", views.post, name="post"),
    path("p/<int:post_id>/like/", views.post_like, name="post_like"),
    path("p/<int:post_id>/comments/", views.post_comment, name="post_comment"),
    path("p/<int:post_id>/delete/", views.post_delete, name="post_delete"),
    path("comments/<int:comment_id>/delete/", views.comment_delete, name="comment_delete"),
    path("new/", views.new_post, name="new_post"),
    path("settings/avatar/", views.settings_avatar, name="settings_avatar"),
    path("tags/<str:name>/", views.tag, name="tag"),
    path("explore/", views.explore, name="explore"),
    path("search/", views.search, name="search"),
    path("media/<slug:folder>/<int:size>", views.media, name="media"),
    path("media/<slug:folder>/<int:width>.mp4", views.video, name="video"),
]
