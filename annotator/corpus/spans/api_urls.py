"""API of `spans`."""

from django.urls import path

from annotator.corpus.spans import api

app_name = "spans-api"
urlpatterns = [
    path("documents/<int:document_id>/annotation-sets/", api.SetsOfDocument.as_view(), name="sets"),
    path("annotation-sets/<int:set_id>/", api.SetDetail.as_view(), name="set"),
    path("annotation-sets/<int:set_id>/changes/", api.SetChanges.as_view(), name="changes"),
    path("annotation-sets/<int:set_id>/submit/", api.SubmitSet.as_view(), name="submit"),
    path("annotation-sets/<int:set_id>/reopen/", api.ReopenSet.as_view(), name="reopen"),
    path("annotation-sets/<int:set_id>/waived-hints/", api.WaivedHints.as_view(), name="waived-hints"),
    path("annotation-sets/<int:set_id>/adopt/", api.AdoptSet.as_view(), name="adopt"),
]
