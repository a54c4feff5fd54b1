"""Settings for the tests: the site's own, with a temporary folder and a fast password hasher."""

import atexit
import os
import shutil
import tempfile
from urllib.parse import urlsplit

if "ANNOTATOR_TEST_DIR" not in os.environ:
    # Workers of pytest-xdist inherit the variable; only the process that made the folder removes it.
    os.environ["ANNOTATOR_TEST_DIR"] = tempfile.mkdtemp(prefix="annotator-test-")
    atexit.register(shutil.rmtree, os.environ["ANNOTATOR_TEST_DIR"], ignore_errors=True)
# Each worker has its own folder, because workers that collect static files into one folder delete each other's.
os.environ["VAR_DIR"] = f"{os.environ['ANNOTATOR_TEST_DIR']}/{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
if os.environ.get("REDIS_URL"):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{worker}").geturl()

from annotator.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A dictionary of its own: tests in browsers serve the files as the site does.
STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405
