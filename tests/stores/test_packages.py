"""The packages that the processes of an installation have."""

import json
import os
import re
import subprocess

import pytest
from django.conf import settings

from tests.stores.installation import PYTHON

pytestmark = pytest.mark.stores

LIST = """
import importlib.metadata, json, re
names = {distribution.name for distribution in importlib.metadata.distributions()}
print(json.dumps([re.sub("[-_.]+", "-", name).lower() for name in names]))
"""


def test_processes_have_only_the_required_packages():
    text = (settings.BASE_DIR / "requirements.txt").read_text("utf-8")
    pinned = set(re.findall(r"^([\w-]+)==", text, re.MULTILINE))

    process = subprocess.run([PYTHON, "-c", LIST], capture_output=True, text=True, check=True)
    installed = set(json.loads(process.stdout))

    assert pinned - installed <= {"async-timeout"}  # for Python 3.11.2 and older
    if "RUNTIME_PYTHON" in os.environ:
        assert installed <= pinned
