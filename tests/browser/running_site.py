"""A site of its own for a test in a browser, with the settings of an installation and real processes."""

import os
import shutil
from pathlib import Path

from django.test import override_settings

from annotator import settings as site
from annotator.site.serving.preparation import STAMP, static_stamp
from tests.stores.installation import Installation
from tests.template import collected_files


def make_site(folder: Path) -> Installation:
    """Return an installation that finds its static files collected, as from its second start on."""
    installation = Installation(folder)
    installation.environment["DJANGO_SETTINGS_MODULE"] = "annotator.settings"
    root = folder / "static"
    shutil.copytree(collected_files(site.STORAGES), root, copy_function=os.link)
    with override_settings(STORAGES=site.STORAGES, STATIC_ROOT=root):
        (folder / STAMP).write_text(static_stamp())
    return installation
