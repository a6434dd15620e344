"""The addresses of reports, of the pages of moderators and operators, and of the one for the suspended."""

from django.urls import path

from ops import connection_views, console_views, node_views, report_views, trail_views, views

urlpatterns = [
    path("report/<str:kind>/<int:object_id>/", report_views.report, name="report"),
    path("settings/reports/", report_views.reports, name="reports"),
    path("settings/reports/<int:report_id>/withdraw/", report_views.report_withdraw, name="report_withdraw"),
    path("accounts/suspended/", views.suspended, name="suspended"),
    path("ops/", console_views.console, name="console"),
    path("ops/history", console_views.history, name="console_history"),
    path("ops/why/", trail_views.why, name="why"),
    path("ops/trace/", trail_views.trace, name="trace"),
    path("ops/moderation/", views.moderation, name="moderation"),
    path("ops/moderation/<int:case_id>/", views.moderation_case, name="moderation_case"),
    path("ops/moderation/<int:case_id>/claim/", views.moderation_claim, name="moderation_claim"),
    path("ops/moderation/<int:case_id>/outcome/", views.moderation_outcome, name="moderation_outcome"),
    path("ops/moderation/<int:case_id>/photos/<int:media_id>", views.moderation_photo, name="moderation_photo"),
    path("ops/moderation/<int:case_id>/videos/<int:media_id>", views.moderation_video, name="moderation_video"),
    path("ops/connections/", connection_views.connections, name="connections"),
    path("ops/connections/disconnect/", connection_views.disconnect, name="disconnect"),
    path("ops/connections/<str:node>/<str:connection>/", connection_views.connection, name="connection"),
    path("ops/connections/<str:node>/<str:connection>/tail/", connection_views.connection_tail, name="connection_tail"),
    path("ops/tails/<str:tail_id>/", connection_views.tail, name="tail"),
    path("ops/tails/<str:tail_id>/stop/", connection_views.tail_stop, name="tail_stop"),
    path("ops/nodes/", node_views.nodes, name="nodes"),
    path("ops/nodes/<str:node>/", node_views.node_order, name="node_order"),
    path("ops/audit/", node_views.record, name="audit"),
]
