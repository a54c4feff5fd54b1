"""Pages of releases."""

from django.urls import path

from annotator.datasets.releases import views

app_name = "releases"
urlpatterns = [
    path("projects/<slug:slug>/releases/", views.releases, name="releases"),
    path("projects/<slug:slug>/releases/new/", views.new, name="new"),
    path("projects/<slug:slug>/releases/compare/", views.compare, name="compare"),
    path("projects/<slug:slug>/releases/draft/<int:draft_id>/", views.draft, name="draft"),
    path("projects/<slug:slug>/releases/<int:number>/", views.release, name="release"),
    path("projects/<slug:slug>/releases/<int:number>/archive/", views.archive, name="archive"),
    path("projects/<slug:slug>/releases/<int:number>/build/", views.build, name="build"),
    path("projects/<slug:slug>/releases/<int:number>/verify/", views.verify, name="verify"),
    path("projects/<slug:slug>/releases/<int:number>/discard/", views.discard, name="discard"),
]
