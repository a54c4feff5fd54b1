"""The built-in sources by name. A new source is one folder here and one line below."""

from collections.abc import Mapping

from annotator.suggestions.sources.interface import Source
from annotator.suggestions.sources.rules.assembly import RULES

SOURCES: Mapping[str, Source] = {source.name: source for source in (RULES,)}
