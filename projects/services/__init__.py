"""Changes of projects: all services by name."""

from projects.services.members import (
    accept_invitation,
    accept_with_new_account,
    add_member,
    change_role,
    check_usable,
    choose_to_annotate,
    create_invitation,
    remove_member,
    revoke_invitation,
)
from projects.services.pictures import LARGEST_PICTURE, add_picture
from projects.services.projects import create_project, free_slug, update_settings
from projects.services.versions import publish_guideline, publish_schema

__all__ = [
    "LARGEST_PICTURE",
    "accept_invitation",
    "accept_with_new_account",
    "add_member",
    "add_picture",
    "change_role",
    "check_usable",
    "choose_to_annotate",
    "create_invitation",
    "create_project",
    "free_slug",
    "publish_guideline",
    "publish_schema",
    "remove_member",
    "revoke_invitation",
    "update_settings",
]
