"""URLs of the pages of quality control."""

from django.urls import path

from annotator.quality.pages import calibration, lead, own

app_name = "quality"
PROJECT = "projects/<slug:slug>/quality/"
urlpatterns = [
    path(PROJECT, lead.overview, name="overview"),
    path(f"{PROJECT}documents/", lead.documents, name="documents"),
    path(f"{PROJECT}calibration/", calibration.calibration, name="calibration"),
    path(f"{PROJECT}results.csv", lead.results_csv, name="csv"),
    path(f"{PROJECT}members/<int:member_id>/", lead.member, name="member"),
    path(f"{PROJECT}members/<int:member_id>/admission/", lead.admission, name="admission"),
    path(f"{PROJECT}mine/", own.mine, name="mine"),
    path(f"{PROJECT}practice/", own.practise, name="practice"),
    path("annotation-sets/<int:set_id>/quality-feedback/", own.feedback, name="feedback"),
]
