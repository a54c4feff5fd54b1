"""The shapes for training, one line each: JSONL that is only written. See `annotator.formats.recipes`."""

from annotator.datasets.training import (
    chat,
    relation_pairs,
    sentence_classification,
    seq2seq,
    soft_labels,
    span_ner,
    token_tagging,
)

SOFT_LABELS, RELATION_PAIRS, CHAT = "soft-labels", "relation-pairs", "chat"
SHAPES = {
    "span-ner": span_ner.RECIPE,
    "token-tagging": token_tagging.RECIPE,
    RELATION_PAIRS: relation_pairs.RECIPE,
    "sentence-classification": sentence_classification.RECIPE,
    "seq2seq": seq2seq.RECIPE,
    CHAT: chat.RECIPE,
    SOFT_LABELS: soft_labels.RECIPE,
}
