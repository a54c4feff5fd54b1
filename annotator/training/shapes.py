"""The shapes for training, one line each: JSONL that is only written. See `annotator.interchange.recipes`."""

from annotator.interchange.recipes import Recipe

SHAPES: dict[str, Recipe] = {}
