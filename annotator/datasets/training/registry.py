"""The training formats, one line each; `docs/developers/adding-a-training-format.md` shows how to add one."""

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
TRAINING_FORMATS = {
    "span-ner": span_ner.FORMAT,
    "token-tagging": token_tagging.FORMAT,
    RELATION_PAIRS: relation_pairs.FORMAT,
    "sentence-classification": sentence_classification.FORMAT,
    "seq2seq": seq2seq.FORMAT,
    CHAT: chat.FORMAT,
    SOFT_LABELS: soft_labels.FORMAT,
}
