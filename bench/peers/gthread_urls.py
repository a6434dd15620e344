"""The addresses of the twins; ours are behind them only so that templates find the names."""

from django.urls import path

from bench.peers import gthread_views as views
from project.urls import urlpatterns as ours

urlpatterns = [
    path("", views.home, name="home"),  # the page marks where it is by that
    path("api/v1/instance", views.instance),
    path("api/v1/feed", views.feed),
    path("api/v1/events", views.events),
    path("api/v1/notifications", views.notifications),
    path("api/v1/notifications/unread", views.unread),
    path("api/v1/posts/<int:post_id>", views.post),
    path("api/v1/posts/<int:post_id>/like", views.like),
    path("api/v1/posts/<int:post_id>/comments", views.comment),
    path("api/v1/users/<str:username>/posts", views.user_posts),
    path("api/v1/users/<str:username>/follow", views.follow),
    *ours,
]
