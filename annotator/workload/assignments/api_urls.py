"""API of `assignments`."""

from django.urls import path

from annotator.workload.assignments.api import assignments, corrections, exclusions, names, rounds

app_name = "assignments-api"
urlpatterns = [
    path("projects/<slug:slug>/assignments/", assignments.AssignmentList.as_view(), name="assignments"),
    path("projects/<slug:slug>/next-document/", assignments.NextDocument.as_view(), name="next-document"),
    path("assignments/<int:assignment_id>/", assignments.AssignmentDetail.as_view(), name="assignment"),
    path("assignments/<int:assignment_id>/free/", assignments.FreeSlot.as_view(), name="free"),
    path("assignments/<int:assignment_id>/resume/", assignments.ResumeAssignment.as_view(), name="resume"),
    path("assignments/<int:assignment_id>/reassign/", assignments.Reassign.as_view(), name="reassign"),
    path("assignments/<int:assignment_id>/skip/", assignments.SkipDocument.as_view(), name="skip"),
    path("projects/<slug:slug>/skips/", assignments.SkipList.as_view(), name="skips"),
    path("skips/<int:skip_id>/decide/", assignments.DecideSkip.as_view(), name="decide-skip"),
    path("documents/<int:document_id>/correct/", corrections.CorrectDocument.as_view(), name="correct"),
    path("projects/<slug:slug>/corrections/", corrections.CorrectDocuments.as_view(), name="corrections"),
    path("projects/<slug:slug>/exclusions/", exclusions.ExclusionList.as_view(), name="exclusions"),
    path("exclusions/<int:exclusion_id>/lift/", exclusions.LiftExclusion.as_view(), name="lift"),
    path("projects/<slug:slug>/outside-names/", names.OutsideNameList.as_view(), name="names"),
    path("outside-names/<int:link_id>/unlink/", names.EndNameLink.as_view(), name="unlink"),
    path("annotation-sets/<int:set_id>/return/", exclusions.ReturnSet.as_view(), name="return"),
    path("annotation-sets/<int:set_id>/approve/", exclusions.ApproveSet.as_view(), name="approve"),
    path("projects/<slug:slug>/rounds/", rounds.RoundList.as_view(), name="rounds"),
    path("rounds/<int:round_id>/", rounds.RoundDetail.as_view(), name="round"),
    path("rounds/<int:round_id>/documents/", rounds.RoundDocuments.as_view(), name="round-documents"),
]
