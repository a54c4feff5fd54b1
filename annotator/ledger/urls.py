"""Addresses of the pages of the ledger."""

from django.urls import path

from annotator.ledger import views

app_name = "ledger"
urlpatterns = [
    path("projects/<slug:slug>/ledger/", views.ledger, name="ledger"),
    path("projects/<slug:slug>/ledger/update/", views.update, name="update"),
    path("projects/<slug:slug>/ledger/propositions/<int:proposition_id>/", views.proposition, name="proposition"),
    path("projects/<slug:slug>/ledger/propositions/<int:proposition_id>/split/", views.split, name="split"),
    path("projects/<slug:slug>/ledger/pairs/", views.pairs, name="pairs"),
    path("projects/<slug:slug>/ledger/pairs/<int:pair_id>/", views.decide, name="decide"),
    path("projects/<slug:slug>/ledger/decisions/", views.decisions, name="decisions"),
    path("projects/<slug:slug>/ledger/decisions/<int:decision_id>/undo/", views.undo, name="undo"),
    path("projects/<slug:slug>/ledger/speakers/", views.speakers, name="speakers"),
    path("projects/<slug:slug>/ledger/download/<slug:file_format>/", views.download, name="download"),
]
