"""Spans in a file = spans stored + spans listed by reason, for every reader, over whole and damaged files."""

import random
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from annotator.platform.jobs.models import JobState
from tests.conservation import (
    READABLE,
    RECORDS,
    assert_conserved,
    damaged_bytes,
    damaged_record,
    import_file,
    packed,
    spans_in,
    written,
)
from tests.formats import corpora

NUMBERS = count()
PLAIN: dict[str, Any] = {"several_parts": False, "overlaps": False, "attributes": False, "notes": False}
SEEDS = st.integers(0, 2**32)
# `make soak` runs many more; each example is an import.
SHORT = settings(
    max_examples=2,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("key", READABLE)
@SHORT
@given(documents=corpora(**PLAIN))
def test_every_span_of_a_whole_file_is_stored(make_project, key, documents):
    project = make_project(f"p{next(NUMBERS)}")
    job = import_file(project, *packed(key, documents), key)
    items = assert_conserved(job, project)

    assert job.state == JobState.DONE, job.problem
    assert items["found"].get("spans", 0) == items["stored"]["spans"] == spans_in(key, documents)
    assert not job.result["incomplete"]


@pytest.mark.parametrize("key", READABLE)
@SHORT
@given(documents=corpora(**PLAIN), seed=SEEDS, skip_bad=st.booleans())
def test_damaged_files_lose_nothing_silently(make_project, key, documents, seed, skip_bad):
    name, data = packed(key, documents)
    project = make_project(f"p{next(NUMBERS)}")
    assert_conserved(
        import_file(project, name, damaged_bytes(data, random.Random(seed)), key, skip_bad=skip_bad), project
    )


@pytest.mark.parametrize("key", RECORDS)
@SHORT
@given(documents=corpora(**PLAIN, relations=False), seed=SEEDS)
def test_each_damaged_span_is_counted(make_project, key, documents, seed):
    files = packed(key, documents)
    if files[0].endswith(".zip"):
        made = [data for name, data in written(key, documents).items() if name.endswith((".json", ".jsonl"))]
        files = ("file.json", made[0])
        documents = documents if key == "label-studio" else []
    project = make_project(f"p{next(NUMBERS)}")
    job = import_file(project, files[0], damaged_record(files[1], random.Random(seed)), key, skip_bad=True)
    items = assert_conserved(job, project)

    if items and documents:
        assert items["found"].get("spans", 0) == spans_in(key, documents)
