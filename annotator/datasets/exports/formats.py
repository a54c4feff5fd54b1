"""What a data set can be written as: the formats of other tools, and shapes for training."""

from annotator.datasets.training.shapes import SHAPES, SOFT_LABELS
from annotator.formats import registry

JSONL = "jsonl"
FORMATS = {**registry.FORMATS, **SHAPES}
WRITABLE = (*registry.WRITABLE, *SHAPES)
ROW_A_SET = frozenset({*SHAPES, *(key for key in FORMATS if FORMATS[key].set_per_record)}) - {SOFT_LABELS}
"""Those in which every set stands by itself, so that one without spans can stay behind alone."""
