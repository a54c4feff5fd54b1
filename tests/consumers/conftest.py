"""Tests with other people's tools, which live in an environment of their own: `make consumers` runs them there."""

import os
from importlib.util import find_spec

# Nothing is fetched while tests run: what would need the net fails at once.
os.environ["HF_HUB_OFFLINE"] = "1"

# Elsewhere they cannot even be imported. A run of this part that finds no test fails.
collect_ignore_glob = [] if find_spec("cassis") else ["test_*.py"]
