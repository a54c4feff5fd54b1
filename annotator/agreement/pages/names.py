"""Names and styles of labels, relations and attributes, as pages show them."""

from annotator.corpus.spans.markup import label_classes
from projects.schema import Schema


class SchemaNames:
    """Names and styles by id; what the schema does not have is shown by its id."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def label(self, label: str) -> str:
        """Return the name of a label."""
        known = self._schema.labels.get(label)
        return known.name if known else label

    def style(self, label: str) -> str:
        """Return the classes that give a label its colour and pattern."""
        return label_classes(self._schema, label)

    def relation(self, label: str) -> str:
        """Return the name of a relation."""
        known = self._schema.relations.get(label)
        return known.name if known else label

    def attribute(self, label: str, name: str) -> str:
        """Return the name of an attribute of a label."""
        known = self._schema.labels.get(label)
        attribute = known.attributes.get(name) if known else None
        return attribute.name if attribute else name
