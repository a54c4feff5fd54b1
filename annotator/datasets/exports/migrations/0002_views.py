"""What was the choice of sets is now one of views."""

from django.db import migrations


def _renamed(old, new):
    def rename(apps, schema_editor):
        exports = apps.get_model("datasets", "Export").objects
        for export in exports.order_by("id").only("id", "options").iterator():
            if old in export.options:
                export.options[new] = export.options.pop(old)
                export.save(update_fields=["options"])

    return rename


class Migration(migrations.Migration):
    dependencies = [("datasets", "0001_initial")]
    operations = [migrations.RunPython(_renamed("sets", "view"), _renamed("view", "sets"))]
