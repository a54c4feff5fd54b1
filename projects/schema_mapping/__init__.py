"""Mappings between schema versions: what a mapping does to annotations, and how it is read. Pure."""

from projects.schema_mapping.mapping import AttributeRule, MappedSpan, SchemaMapping, Unmapped
from projects.schema_mapping.reader import read_mapping, suggest_mapping

__all__ = ["AttributeRule", "MappedSpan", "SchemaMapping", "Unmapped", "read_mapping", "suggest_mapping"]
