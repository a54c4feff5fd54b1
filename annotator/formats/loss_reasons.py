"""Reasons why something is missing from a file: a code, the values of its sentence, and the sentences themselves.

A loss report writes the sentence, not the code. Exports use `SENTENCES`; a layout of releases has a copy of its own, so
that sentences can be improved here while old releases keep their bytes.
"""

from collections.abc import Mapping
from typing import NamedTuple

SENTENCES: Mapping[str, str] = {
    # Formats in general.
    "no_relations": "The format has no relations.",
    "split": "The span was exported as {0} spans, one for each fragment.",
    "no_attributes": "The format has no attributes.",
    "no_document_attributes": "The format has no attributes of the document.",
    "outvoted_document_attribute": "The majority did not choose this value of “{0}”.",
    "no_note": "The format has no notes.",
    "no_origin": "The format does not distinguish manual from imported spans.",
    "no_suggestion": "The format does not say which suggestion a span was accepted from.",
    "no_support": "The format does not say how many annotators support a span.",
    "folder_name": "The folder is called {0}.",
    "file_name": "The file is called {0}.",
    "id_is_folder_name": "The id was replaced by the name of the folder, {0}.",
    "id_is_file_name": "The id was replaced by the name of the file, {0}.",
    "line_breaks": "Line breaks and tabs were replaced by spaces.",
    "white_space": "The span covers only white space.",
    # Single formats.
    "numbered": "brat numbers spans; this one is {0}.",
    "numbered_spans": "brat numbers spans. Ids replaced: {0}.",
    "brat_origin": "brat does not distinguish manual from imported spans.",
    "line_breaks_at_edges": "Line breaks at the boundaries of the span were removed.",
    "parted_by_line_break": "A line break alone parts two fragments; readers of brat files join them.",
    "brat_value": "The value is empty, or has line breaks, tabs or surrounding spaces.",
    "one_tag": "A token has one tag, and span {0} covers the same token.",
    "token_edges": "The span was extended to whole tokens; white space at its boundaries was removed.",
    "span_lost": "One of the spans of this relation was not exported.",
    "not_in_xml": "Characters that XML cannot contain were replaced by U+FFFD.",
    "written_name": "The name was written as {0}.",
    "feature_name": "The attribute was renamed to {0}.",
    # Training formats.
    "no_token": "The span covers only white space and no token.",
    "within_token": "The span starts or ends within a token; the whole token was tagged.",
    "too_far_apart": "The spans are too far apart, or the schema no longer allows this relation between them.",
    # Choices of an export.
    "outvoted_span": "The majority did not mark this span.",
    "outvoted_relation": "The majority did not mark this relation.",
    "outvoted_end": "One of the spans of this relation is not in the consensus.",
    "label_not_selected": "The label was not selected.",
    "attributes_not_selected": "Attributes that were not selected: {0}.",
    "notes_not_selected": "Notes were not selected.",
    "hull": "The span was exported as one span over its {0} fragments.",
    "layers": "Span {0} shares characters with it, and only one layer was selected.",
    "end_not_exported": "One of the spans of this relation was not exported.",
    "no_spans": "The set has no spans, and sets without spans were not selected.",
    "no_common_window": "The spans of this relation are in no window together.",
}


class LossReason(NamedTuple):
    """Why something is missing."""

    code: str
    values: tuple[object, ...] = ()

    def sentence(self, sentences: Mapping[str, str] = SENTENCES) -> str:
        """Return the reason in words.

        >>> LossReason("split", (2,)).sentence()
        'The span was exported as 2 spans, one for each fragment.'
        """
        text = sentences[self.code]
        return text.format(*self.values) if self.values else text


def reason(code: str, *values: object) -> LossReason:
    """Return the reason with this code."""
    return LossReason(code, values)
