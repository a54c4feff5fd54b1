"""Settings for real processes under test: the site's own, with a slow job kind."""

import os

from annotator.settings import *  # noqa: F403
from annotator.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.stores.slow_jobs"]
JOB_LEASE_SECONDS = 120
JOB_HEARTBEAT_SECONDS = 0.3
JOB_SWEEP_SECONDS = 0.5
if "REAL_PASSWORD_HASHERS" not in os.environ:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A dictionary of its own: tests in browsers serve the files as the site does.
STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
