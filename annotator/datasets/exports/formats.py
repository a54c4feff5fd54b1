"""What a data set can be written as: the formats of other tools, and shapes for training."""

from annotator.datasets.training.shapes import SHAPES, SOFT_LABELS
from annotator.formats import formats

JSONL = "jsonl"
RECIPES = {**formats.RECIPES, **SHAPES}
WRITABLE = (*formats.WRITABLE, *SHAPES)
ROW_A_SET = frozenset({"huggingface", "parquet", "prodigy", "conll", *SHAPES}) - {SOFT_LABELS}
"""Those in which every set stands by itself, so that one without spans can stay behind alone."""
