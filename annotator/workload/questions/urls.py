"""Pages of `questions`."""

from django.urls import path

from annotator.workload.questions import views

app_name = "questions"
urlpatterns = [
    path("projects/<slug:slug>/questions/", views.questions, name="questions"),
    path("annotation-sets/<int:set_id>/questions/", views.ask_about, name="ask"),
    path("questions/<int:question_id>/", views.question, name="question"),
]
