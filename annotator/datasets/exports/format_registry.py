"""What a data set can be written as: the formats of other tools, and training formats."""

from annotator.datasets.training.registry import SOFT_LABELS, TRAINING_FORMATS
from annotator.formats import registry

JSONL = "jsonl"
FORMATS = {**registry.FORMATS, **TRAINING_FORMATS}
WRITABLE = (*registry.WRITABLE, *TRAINING_FORMATS)
ROW_A_SET = frozenset({*TRAINING_FORMATS, *(key for key in FORMATS if FORMATS[key].set_per_record)}) - {SOFT_LABELS}
"""Formats in which every set stands by itself, so that one without spans can be left out alone."""
