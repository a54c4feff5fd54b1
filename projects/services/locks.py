"""Lock of a project."""

from projects.models import Project


def lock_project(project: Project) -> None:
    """Make other transactions that lock this project wait until this one ends.

    PostgreSQL locks the row. On SQLite every transaction is immediate, so writers wait anyway.
    """
    Project.objects.select_for_update().filter(pk=project.pk).order_by("id").first()
