"""The addresses of posts' pages, and of the photos and videos in them. Profiles too, as they show posts."""

from django.urls import path

from content import own_views, post_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("@<str:username>/", views.profile, name="profile"),
    path("p/<int:post_id>/", views.post, name="post"),
    path("p/<int:post_id>/like/", views.post_like, name="post_like"),
    path("p/<int:post_id>/comments/", views.post_comment, name="post_comment"),
    path("p/<int:post_id>/delete/", views.post_delete, name="post_delete"),
    path("p/<int:post_id>/save/", post_views.save, name="post_save"),
    path("p/<int:post_id>/edit/", post_views.edit, name="post_edit"),
    path("p/<int:post_id>/edits/", post_views.edits, name="post_edits"),
    path("p/<int:post_id>/likes/", post_views.likes, name="post_likes"),
    path("p/<int:post_id>/archive/", post_views.archive, name="post_archive"),
    path("p/<int:post_id>/comments-off/", post_views.comments_off, name="post_comments_off"),
    path("comments/<int:comment_id>/like/", views.comment_like, name="comment_like"),
    path("comments/<int:comment_id>/delete/", views.comment_delete, name="comment_delete"),
    path("new/", views.new_post, name="new_post"),
    path("settings/avatar/", views.settings_avatar, name="settings_avatar"),
    path("tags/<str:name>/", views.tag, name="tag"),
    path("explore/", views.explore, name="explore"),
    path("search/", views.search, name="search"),
    path("saved/", own_views.saved, name="saved"),
    path("archive/", own_views.archive, name="archive"),
    path("deleted/", own_views.deleted, name="deleted"),
    path("deleted/<int:post_id>/restore/", own_views.post_restore, name="post_restore"),
    path("deleted/<int:post_id>/purge/", own_views.post_purge, name="post_purge"),
    path("media/<slug:folder>/<int:size>", views.media, name="media"),
    path("media/<slug:folder>/<int:width>.mp4", views.video, name="video"),
]
