"""Addresses of the releases API."""

from django.urls import path

from annotator.datasets.releases import api

RELEASE = "projects/<slug:slug>/releases/<int:number>"
urlpatterns = [
    path("projects/<slug:slug>/releases/", api.ReleaseList.as_view(), name="api-releases"),
    path("projects/<slug:slug>/releases/preview/", api.ReleasePreview.as_view(), name="api-release-preview"),
    path("projects/<slug:slug>/releases/card/", api.ReleaseCard.as_view(), name="api-release-card"),
    path(f"{RELEASE}/", api.ReleaseDetail.as_view(), name="api-release"),
    path(f"{RELEASE}/archive/", api.ReleaseArchive.as_view(), name="api-release-archive"),
    path(f"{RELEASE}/build/", api.ReleaseBuild.as_view(), name="api-release-build"),
    path(f"{RELEASE}/verify/", api.ReleaseVerify.as_view(), name="api-release-verify"),
    path(f"{RELEASE}/comparison/<int:other_number>/", api.ReleaseComparison.as_view(), name="api-release-comparison"),
]
