"""Words of the loss reports of layout 1: the sentence of each reason, and what each format never carries."""

from collections.abc import Mapping, Sequence

SENTENCES: Mapping[str, str] = {
    "no_relations": "The format has none.",
    "split": "It left as {0} spans, one a fragment.",
    "no_attributes": "The format has no place for them.",
    "no_note": "The format has no place for it.",
    "no_origin": "The format does not tell by hand from imported.",
    "no_support": "The format has no place for who stands behind a span.",
    "folder_name": "The folder is called {0}.",
    "file_name": "The file is called {0}.",
    "id_is_folder_name": "It is the name of the folder now: {0}.",
    "id_is_file_name": "It is the name of the file now: {0}.",
    "line_breaks": "Line breaks and tabs in it became spaces.",
    "white_space": "It covers white space only.",
    "numbered": "brat numbers spans; it is {0} there.",
    "brat_origin": "brat has no place for it.",
    "brat_value": "Its value is empty, or holds line breaks, tabs or outer spaces.",
    "one_tag": "A token has one tag, and span {0} lies over it.",
    "token_edges": "It begins and ends with a token now; white space at its edges is lost.",
    "span_lost": "It lost one of its spans.",
    "not_in_xml": "Characters that XML cannot hold became U+FFFD.",
    "feature_name": "It is called {0} now.",
    "no_token": "It covers white space only, and no token.",
    "within_token": "It ends within a token, which is tagged whole.",
    "too_far_apart": "Its spans are too far apart, or not allowed any more.",
    "outvoted_span": "The majority did not mark it so.",
    "outvoted_relation": "The majority did not draw it.",
    "outvoted_end": "One of its ends is not in the consensus.",
    "label_not_selected": "Its label was not asked for.",
    "attributes_not_selected": "Not asked for: {0}.",
    "notes_not_selected": "Notes were not asked for.",
    "hull": "It left as one span over its {0} fragments.",
    "layers": "Span {0} lies on it, and one layer was asked for.",
    "end_not_exported": "A span that it ties does not leave.",
    "no_spans": "It has no spans, and such were not asked for.",
    "no_common_window": "Its ends stand in no window together.",
}
NEVER_CARRIED: Mapping[str, Sequence[str]] = {
    "jsonl": (),
    "brat": (
        "Titles and meta of documents.",
        "Revision, state, schema and guideline version of sets.",
        "Ids of relations that brat would not have made.",
    ),
    "doccano": (
        "Revision, state, schema and guideline version of sets.",
        "Ids of spans and relations: they are numbered.",
    ),
    "label-studio": (
        "Revision, state, schema and guideline version of sets.",
        "Ids of relations.",
    ),
    "conll": (
        "The white space between tokens, and so the offsets.",
        "Ids, titles and meta of documents, and ids of spans.",
        "Revision, state, schema and guideline version of sets.",
    ),
    "prodigy": ("Revision, state, schema and guideline version of sets.",),
    "web-annotation": ("Revision, state, schema and guideline version of sets.",),
    "webanno": (
        "Titles and meta of documents.",
        "Ids of spans and relations: spans are numbered.",
        "Revision, state, schema and guideline version of sets.",
    ),
    "csv": ("Revision, state, schema and guideline version of sets.",),
    "tsv": ("Revision, state, schema and guideline version of sets.",),
    "huggingface": ("Revision, state, schema and guideline version of sets.",),
    "spacy": ("Revision, state, schema and guideline version of sets.",),
    "uima": (
        "Titles and meta of documents.",
        "Revision, state, schema and guideline version of sets.",
    ),
    "span-ner": (
        "Titles and meta of documents; origins of spans; revisions and states of sets.",
        "Which guidelines a set was made under.",
    ),
    "token-tagging": (
        "Titles and meta of documents; origins of spans; revisions and states of sets.",
        "Which guidelines a set was made under.",
        "Ids of spans.",
    ),
    "relation-pairs": (
        "Titles and meta of documents; origins of spans; revisions and states of sets.",
        "Which guidelines a set was made under.",
    ),
    "sentence-classification": (
        "Titles and meta of documents; origins of spans; revisions and states of sets.",
        "Which guidelines a set was made under.",
        "Where in a sentence a span begins and ends, and ids of spans.",
    ),
    "seq2seq": (
        "Titles and meta of documents; origins of spans; revisions and states of sets.",
        "Which guidelines a set was made under.",
        "Ids of spans and relations.",
    ),
    "chat": (
        "Titles and meta of documents; origins of spans; revisions and states of sets.",
        "Which guidelines a set was made under.",
        "Ids of spans and relations.",
    ),
    "soft-labels": (
        "Titles and meta of documents; origins of spans; revisions and states of sets.",
        "Which guidelines a set was made under.",
        "Where within a token a span begins and ends, and which tokens are of one span.",
    ),
}
