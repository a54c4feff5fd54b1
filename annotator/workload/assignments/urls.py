"""Pages of `assignments`."""

from django.urls import path

from annotator.workload.assignments import views
from annotator.workload.assignments.pages import board, corrections, exclusions, leaving, names, own, rounds, waiting

app_name = "assignments"
urlpatterns = [
    path("projects/<slug:slug>/work/", views.work, name="work"),
    path("projects/<slug:slug>/next/", views.next_document, name="next"),
    path("projects/<slug:slug>/assignments/", views.assignments, name="all"),
    path("assignments/<int:assignment_id>/withdraw/", views.withdraw, name="withdraw"),
    path("assignments/<int:assignment_id>/free/", waiting.free, name="free"),
    path("assignments/<int:assignment_id>/skip/", own.skip, name="skip"),
    path("assignments/<int:assignment_id>/resume/", own.resume, name="resume"),
    path("projects/<slug:slug>/annotates/", own.annotates, name="annotates"),
    path("projects/<slug:slug>/waiting/", waiting.waiting, name="waiting"),
    path("skips/<int:skip_id>/decide/", waiting.decide_skip, name="decide-skip"),
    path("annotation-sets/<int:set_id>/approve/", waiting.approve, name="approve"),
    path("annotation-sets/<int:set_id>/return/", waiting.return_set, name="return"),
    path("projects/<slug:slug>/board/", board.board_page, name="board"),
    path("projects/<slug:slug>/rounds/", rounds.rounds, name="rounds"),
    path("rounds/<int:round_id>/", rounds.round_page, name="round"),
    path("rounds/<int:round_id>/delete/", rounds.delete_round, name="delete-round"),
    path("projects/<slug:slug>/people/<int:member_id>/leaving/", leaving.leaving, name="leaving"),
    path("documents/<int:document_id>/correct/", corrections.correct, name="correct"),
    path("projects/<slug:slug>/corrections/", corrections.correct_many, name="corrections"),
    path("projects/<slug:slug>/exclusions/", exclusions.exclusion_page, name="exclusions"),
    path("exclusions/<int:exclusion_id>/lift/", exclusions.lift, name="lift"),
    path("projects/<slug:slug>/names/", names.names, name="names"),
    path("names/<int:link_id>/unlink/", names.unlink, name="unlink"),
]
