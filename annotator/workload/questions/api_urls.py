"""API of `questions`."""

from django.urls import path

from annotator.workload.questions import api

app_name = "questions-api"
urlpatterns = [
    path("projects/<slug:slug>/questions/", api.QuestionList.as_view(), name="questions"),
    path("projects/<slug:slug>/answers/", api.AnswerList.as_view(), name="answers"),
    path("questions/<int:question_id>/", api.QuestionDetail.as_view(), name="question"),
    path("questions/<int:question_id>/comments/", api.QuestionComments.as_view(), name="comments"),
]
