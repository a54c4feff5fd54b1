"""URLs of the pages of projects."""

from django.urls import path

from projects.views import creation, guidelines, invitations, members, schema

app_name = "projects"
urlpatterns = [
    path("projects/new/", creation.new, name="new"),
    path("projects/<slug:slug>/settings/", creation.settings, name="settings"),
    path("projects/<slug:slug>/people/", members.members, name="members"),
    path("projects/<slug:slug>/people/invite/", members.invite_by_mail, name="invite-by-mail"),
    path("projects/<slug:slug>/people/<int:member_id>/role/", members.change_role, name="change-role"),
    path("projects/<slug:slug>/people/<int:member_id>/remove/", members.remove_member, name="remove-member"),
    path(
        "projects/<slug:slug>/people/invitations/<int:invitation_id>/revoke/",
        members.revoke_invitation,
        name="revoke-invitation",
    ),
    path("projects/<slug:slug>/schema/", schema.schema_page, name="schema"),
    path("projects/<slug:slug>/schema/preview/", schema.preview_schema, name="preview-schema"),
    path("projects/<slug:slug>/schema/publish/", schema.publish_schema, name="publish-schema"),
    path("projects/<slug:slug>/schema/<int:number>/", schema.schema_page, name="schema-version"),
    path("projects/<slug:slug>/schema/<int:number>/file/", schema.schema_file, name="schema-file"),
    path("projects/<slug:slug>/guidelines/", guidelines.guidelines, name="guidelines"),
    path("projects/<slug:slug>/guidelines/edit/", guidelines.edit_guidelines, name="edit-guidelines"),
    path("projects/<slug:slug>/guidelines/compare/", guidelines.compare, name="compare-guidelines"),
    path("projects/<slug:slug>/guidelines/pictures/", guidelines.upload_picture, name="upload-picture"),
    path("projects/<slug:slug>/guidelines/pictures/<slug:digest>/", guidelines.picture, name="picture"),
    path("projects/<slug:slug>/guidelines/<int:number>/", guidelines.guidelines, name="guideline-version"),
    path("invitations/<str:token>/", invitations.invitation_page, name="invitation"),
]
