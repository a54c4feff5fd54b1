"""API of sources of suggestions."""

from django.urls import path

from annotator.suggestions import api
from annotator.suggestions.blind import views as blind
from annotator.suggestions.language_model import api as language_model
from annotator.suggestions.trained import api as trained

app_name = "sources-api"
urlpatterns = [
    path("projects/<slug:slug>/suggestion-sources/", api.SourceList.as_view(), name="sources"),
    path("projects/<slug:slug>/suggestion-sources/runs/", api.SourceRuns.as_view(), name="runs"),
    path("projects/<slug:slug>/suggestion-sources/evaluation/", api.SourceFigures.as_view(), name="evaluation"),
    path("projects/<slug:slug>/suggestion-sources/effect/", blind.SuggestionEffect.as_view(), name="effect"),
    path(
        "projects/<slug:slug>/suggestion-sources/language-model/",
        language_model.LanguageModelDetail.as_view(),
        name="language-model",
    ),
    path("projects/<slug:slug>/suggestion-models/", trained.ModelList.as_view(), name="models"),
    path(
        "projects/<slug:slug>/suggestion-models/<int:number>/activate/",
        trained.ModelActivation.as_view(),
        name="activate",
    ),
    path("annotation-sets/<int:set_id>/suggestions/", api.SetSuggestions.as_view(), name="set"),
]
