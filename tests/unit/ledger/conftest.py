"""The sample corpus as rows of the database."""

import pytest

from tests.reference.corpus import sample_records
from tests.unit.agreement.conftest import add_relations


@pytest.fixture
def sample_project(project, make_document, make_set):
    """`project` with the six sample texts: the sets A and B, and the complete adjudicated set of each."""
    for record in sample_records():
        document = make_document(record["text"], external_id=record["id"], title=record["id"])
        for name, layer in record["annotators"].items():
            kind, state = ("adjudicated", "adjudicated") if name == "adjudicated" else ("imported", "submitted")
            add_relations(make_set(document, name, layer["spans"], kind=kind, state=state), layer["relations"])
    return project
