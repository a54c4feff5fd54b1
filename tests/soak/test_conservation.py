"""The law of conservation at length: the properties of `tests/properties/imports` with many more files of each format.

`CONSERVATION_EXAMPLES` sets the number of imports for each format and property; the default takes about an hour.
"""

import os
import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from annotator.imports.run.balance import balance_of
from tests.conservation import (
    READABLE,
    RECORDS,
    assert_conserved,
    count_spans,
    damaged_lines,
    import_file,
    written,
    zipped,
)
from tests.formats import corpora
from tests.properties.imports import test_conservation as short
from tests.properties.imports.test_conservation import NUMBERS, PLAIN, SEEDS

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

LONG = settings(
    max_examples=int(os.environ.get("CONSERVATION_EXAMPLES", "100")),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def at_length(test, **strategies):
    """Return a property with many more examples."""
    return LONG(given(**strategies)(test.hypothesis.inner_test))


test_every_span_of_a_whole_file_is_stored = pytest.mark.parametrize("key", READABLE)(
    at_length(short.test_every_span_of_a_whole_file_is_stored, documents=corpora(**PLAIN))
)
test_damaged_files_lose_nothing_silently = pytest.mark.parametrize("key", READABLE)(
    at_length(
        short.test_damaged_files_lose_nothing_silently, documents=corpora(**PLAIN), seed=SEEDS, skip_bad=st.booleans()
    )
)
test_each_damaged_span_is_counted = pytest.mark.parametrize("key", RECORDS)(
    at_length(short.test_each_damaged_span_is_counted, documents=corpora(**PLAIN, relations=False), seed=SEEDS)
)


@pytest.mark.parametrize("key", READABLE)
@LONG
@given(documents=corpora(), seed=SEEDS, skip_bad=st.booleans())
def test_spans_of_damaged_lines_are_those_of_the_file(make_project, key, documents, seed, skip_bad):
    """The report counts as many spans as the file has, by a count that knows nothing of the readers."""
    chance = random.Random(seed)
    files = written(key, documents)
    name = chance.choice(sorted(files))
    files[name] = damaged_lines(files[name], chance)
    project = make_project(f"p{next(NUMBERS)}")
    job = import_file(project, *zipped(key, files), key, skip_bad=skip_bad)
    assert_conserved(job, project)

    in_file = count_spans(key, files)
    if job is not None and job.cursor and in_file is not None:
        balance = balance_of(job.cursor["items"], job.cursor["counts"])
        assert balance.unexplained == {}
        # What a document holds that cannot be read as a whole is counted as far as it can be read.
        if not any(
            balance.items.left_out["documents", reason] for reason in ("unreadable", "refused", "refused_allowed")
        ):
            assert balance.items.found["spans"] == in_file
