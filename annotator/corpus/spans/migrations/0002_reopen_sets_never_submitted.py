"""Open annotators' sets that were closed although nobody had submitted them.

Until now, adopting a whole set as the adjudicated one, or importing it, also closed the unfinished sets of the document's
other annotators; reopening the adjudication then returned them as submitted. Only submitting ever wrote `submitted_at` of
an annotator's set, and only reopening cleared it, so such sets are known by its absence.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def reopen_sets(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Set the state of these sets back to open."""
    sets = apps.get_model("spans", "AnnotationSet").objects.using(schema_editor.connection.alias)
    never_submitted = sets.filter(kind="annotator", state__in=("submitted", "adjudicated"), submitted_at=None)
    never_submitted.update(state="open")


class Migration(migrations.Migration):
    dependencies = [("spans", "0001_initial")]

    operations = [migrations.RunPython(reopen_sets, migrations.RunPython.noop, elidable=True)]
