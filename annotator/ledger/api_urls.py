"""API of the ledger."""

from django.urls import path

from annotator.ledger import api

app_name = "ledger-api"
urlpatterns = [
    path("projects/<slug:slug>/ledger/", api.LedgerDetail.as_view(), name="ledger"),
    path("projects/<slug:slug>/ledger/propositions/", api.PropositionList.as_view(), name="propositions"),
    path(
        "projects/<slug:slug>/ledger/propositions/<int:proposition_id>/",
        api.PropositionDetail.as_view(),
        name="proposition",
    ),
    path("projects/<slug:slug>/ledger/pairs/", api.PairList.as_view(), name="pairs"),
    path("projects/<slug:slug>/ledger/decisions/", api.DecisionList.as_view(), name="decisions"),
    path("projects/<slug:slug>/ledger/decisions/<int:decision_id>/undo/", api.DecisionUndo.as_view(), name="undo"),
]
