"""Addresses of the notification pages."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("notifications/", views.notification_list, name="notifications"),
    path("notifications/read/", views.read, name="notifications_read"),
    path("p/<int:post_id>/notifications/", views.post_notifications, name="post_notifications"),
    path("settings/notifications/", views.preferences, name="settings_notifications"),
]
