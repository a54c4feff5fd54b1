"""Addresses of the pages of suggestions."""

from django.urls import path

from annotator.suggestions import views
from annotator.suggestions.blind import views as blind
from annotator.suggestions.language_model import views as language_model
from annotator.suggestions.trained import views as trained

app_name = "sources"
urlpatterns = [
    path("projects/<slug:slug>/suggestions/", views.suggestions, name="suggestions"),
    path("projects/<slug:slug>/suggestions/figures/", views.figures, name="figures"),
    path("projects/<slug:slug>/suggestions/suggest/", views.suggest, name="suggest"),
    path("projects/<slug:slug>/suggestions/measure/", views.measure, name="measure"),
    path("projects/<slug:slug>/suggestions/effect/", blind.effect_page, name="effect"),
    path("projects/<slug:slug>/suggestions/language-model/", language_model.page, name="language-model"),
    path("projects/<slug:slug>/suggestions/models/", trained.models, name="models"),
    path("projects/<slug:slug>/suggestions/models/<int:number>/", trained.model, name="model"),
    path("projects/<slug:slug>/suggestions/models/<int:number>/activate/", trained.activate, name="activate"),
]
