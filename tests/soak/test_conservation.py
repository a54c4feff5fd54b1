"""The law of conservation at length: the properties of `tests/properties/imports` with many more files of each format.

`CONSERVATION_EXAMPLES` sets the number of imports for each format and property; the default takes about an hour.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conservation import BOTH_WAYS, RECORDS
from tests.formats import corpora
from tests.properties.imports import test_conservation as short
from tests.properties.imports.test_conservation import PLAIN, SEEDS

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


test_every_span_of_a_whole_file_is_stored = pytest.mark.parametrize("key", BOTH_WAYS)(
    at_length(short.test_every_span_of_a_whole_file_is_stored, documents=corpora(**PLAIN))
)
test_damaged_files_lose_nothing_silently = pytest.mark.parametrize("key", BOTH_WAYS)(
    at_length(
        short.test_damaged_files_lose_nothing_silently, documents=corpora(**PLAIN), seed=SEEDS, skip_bad=st.booleans()
    )
)
test_each_damaged_span_is_counted = pytest.mark.parametrize("key", RECORDS)(
    at_length(short.test_each_damaged_span_is_counted, documents=corpora(**PLAIN, relations=False), seed=SEEDS)
)
