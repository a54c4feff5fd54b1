"""API of `documents`."""

from django.urls import path

from annotator.corpus.documents import api

app_name = "documents-api"
urlpatterns = [
    path("projects/<slug:slug>/documents/", api.DocumentList.as_view(), name="documents"),
    path("projects/<slug:slug>/deleted-documents/", api.DeletedDocumentList.as_view(), name="deleted-documents"),
    path("documents/<int:document_id>/", api.DocumentDetail.as_view(), name="document"),
    path("documents/<int:document_id>/text/", api.DocumentText.as_view(), name="document-text"),
    path("documents/<int:document_id>/original/", api.DocumentOriginal.as_view(), name="document-original"),
]
