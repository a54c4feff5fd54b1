"""URLs of the API of projects."""

from django.urls import path

from projects.api import members, projects, versions

app_name = "projects-api"
urlpatterns = [
    path("me/", projects.MeView.as_view(), name="me"),
    path("projects/", projects.ProjectList.as_view(), name="projects"),
    path("projects/<slug:slug>/", projects.ProjectDetail.as_view(), name="project"),
    path("projects/<slug:slug>/members/", members.MemberList.as_view(), name="members"),
    path("projects/<slug:slug>/members/<int:member_id>/", members.MemberDetail.as_view(), name="member"),
    path("projects/<slug:slug>/invitations/", members.InvitationList.as_view(), name="invitations"),
    path(
        "projects/<slug:slug>/invitations/<int:invitation_id>/", members.InvitationDetail.as_view(), name="invitation"
    ),
    path("projects/<slug:slug>/schema-versions/", versions.SchemaVersionList.as_view(), name="schema-versions"),
    path(
        "projects/<slug:slug>/schema-versions/<int:number>/",
        versions.SchemaVersionDetail.as_view(),
        name="schema-version",
    ),
    path(
        "projects/<slug:slug>/guideline-versions/", versions.GuidelineVersionList.as_view(), name="guideline-versions"
    ),
    path(
        "projects/<slug:slug>/guideline-pictures/", versions.GuidelinePictureList.as_view(), name="guideline-pictures"
    ),
    path(
        "projects/<slug:slug>/guideline-versions/<int:number>/",
        versions.GuidelineVersionDetail.as_view(),
        name="guideline-version",
    ),
]
