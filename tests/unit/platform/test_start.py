"""The start of commands."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
START = """
import gc, sys
gc.disable()
import django
django.setup()
import annotator.imports.management.commands.import_documents
print(gc.isenabled(), gc.get_freeze_count() > 0, "celery" in sys.modules)
"""


def test_a_command_loads_no_celery_and_then_searches_for_cycles() -> None:
    shown = subprocess.run([sys.executable, "-c", START], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert shown == "True True False\n"
