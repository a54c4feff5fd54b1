"""The arrangement of archives is promised: whoever changes it has to count `LAYOUT` up."""

import hashlib
import re

from annotator.datasets.releases.layout import LAYOUT
from tests.unit.datasets.releases.conftest import members_of

PROMISED = {1: "f1efdca41adbdbd742e0503f4028660fb3fe4e3f405a9672be72c0a59c9b8e6d"}


def test_words_and_files_of_a_layout_never_change(work, released):
    members = members_of(released(splits={"shares": {"train": 0.6, "test": 0.4}, "salt": "1"}, languages=["en"]))

    # What labels mean and how long files are comes from the schema of the project.
    card = re.sub(r"(?s)\n## (Labels|Files)\n.*?(?=\n## )", "", members["README.md"].decode())
    told = [card, members["load.py"].decode(), *sorted(members)]

    assert hashlib.sha256("\0".join(told).encode()).hexdigest() == PROMISED[LAYOUT], (
        "Releases that exist could not be built again with the same bytes. Count LAYOUT up, and promise the new one."
    )
