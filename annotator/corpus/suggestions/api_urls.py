"""API of `suggestions`."""

from django.urls import path

from annotator.corpus.suggestions import api

app_name = "suggestions-api"
urlpatterns = [
    path("documents/<int:document_id>/suggestions/", api.Suggestions.as_view(), name="suggestions"),
    path("documents/<int:document_id>/suggestions/<int:run_id>/", api.SuggestionRunDetail.as_view(), name="run"),
    path("annotation-sets/<int:set_id>/dismissals/", api.Dismissals.as_view(), name="dismissals"),
]
