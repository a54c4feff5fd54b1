#!/usr/bin/env python3
"""The command line of the project: `python manage.py help` lists what it can do."""

import gc
import os
import sys


def main() -> None:
    """Run a management command."""
    # What is imported is no garbage: looking for cycles in it takes an eighth of the start. The app `serving` ends it.
    gc.disable()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
