"""The addresses of the moderators' pages, and of the one that a suspended person is sent to."""

from django.urls import path

from ops import views

urlpatterns = [
    path("accounts/suspended/", views.suspended, name="suspended"),
    path("ops/moderation/", views.moderation, name="moderation"),
    path("ops/moderation/<int:case_id>/", views.moderation_case, name="moderation_case"),
    path("ops/moderation/<int:case_id>/claim/", views.moderation_claim, name="moderation_claim"),
    path("ops/moderation/<int:case_id>/outcome/", views.moderation_outcome, name="moderation_outcome"),
    path("ops/moderation/<int:case_id>/photos/<int:media_id>", views.moderation_photo, name="moderation_photo"),
]
