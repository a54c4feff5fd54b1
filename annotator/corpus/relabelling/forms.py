"""The form of a mapping between two schema versions, and the mapping it stands for."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models import SchemaMigration
from projects.schema import Attribute, AttributeType, Label, Schema

KEEP, DROP, NOTE = "", "\x00drop", "\x00note"
SEPARATOR = "\x1f"
"""Between label, attribute and value: no id contains a control character."""
MOST_ROWS = 60
MOST_OPTIONS = 400
MOST_SPLIT = 30


class VersionsForm(forms.Form):
    """The two versions between which labels are migrated."""

    source = forms.TypedChoiceField(label=gettext_lazy("From version"), coerce=int)
    target = forms.TypedChoiceField(label=gettext_lazy("To version"), coerce=int)

    def __init__(self, *args: Any, numbers: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [(number, str(number)) for number in numbers]


class DefinitionForm(forms.Form):
    """A mapping as JSON."""

    definition = forms.JSONField(
        label=gettext_lazy("Mapping (JSON)"),
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "mono"}),
    )
    review = forms.ChoiceField(
        label=gettext_lazy("Queue for review"), choices=SchemaMigration.Review, initial=SchemaMigration.Review.BY_HAND
    )


class MappingForm(forms.Form):
    """One row for each label of the old version, with its attributes, each relation and each attribute of the document.

    `initial_definition` fills the form; labels beyond the first 60 that both versions have are not listed.
    """

    review = forms.ChoiceField(
        label=gettext_lazy("Queue for review"), choices=SchemaMigration.Review, initial=SchemaMigration.Review.BY_HAND
    )

    def __init__(
        self, *args: Any, source: Schema, target: Schema, definition: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._source, self._target = source, target
        labels, relations = (definition or {}).get("labels", {}), (definition or {}).get("relations", {})
        gone = [label for label in source.labels.values() if label.id not in target.labels]
        kept = [label for label in source.labels.values() if label.id in target.labels]
        self._labels = [*gone, *kept[: max(0, MOST_ROWS - len(gone))]]
        self.hidden_labels = len(kept) + len(gone) - len(self._labels)
        targets = _label_options(target)
        for label in self._labels:
            self._add_label(label, targets, labels.get(label.id))
        for relation in source.relations.values():
            options = [(name, other.name) for name, other in target.relations.items()]
            given = relations.get(relation.id, KEEP)
            self._add(
                f"relation-{relation.id}",
                relation.name,
                _options(options, keep=relation.id in target.relations),
                given if isinstance(given, str) else DROP,
            )

        of_document = (definition or {}).get("document_attributes", {})
        for attribute in source.document_attributes.values():
            self._add_document_attribute(attribute, of_document.get(attribute.id, KEEP))

    def _add_document_attribute(self, attribute: Attribute, given: object) -> None:
        options = [(name, other.name) for name, other in self._target.document_attributes.items()]
        keep = attribute.id in self._target.document_attributes
        name = f"document-{attribute.id}"
        self._add(name, attribute.name, _options(options, keep=keep), given if isinstance(given, str) else DROP)
        if attribute.type.has_choices and len(attribute.choices) <= MOST_SPLIT:
            others = {
                choice.id: choice.name
                for other in self._target.document_attributes.values()
                for choice in other.choices.values()
            }
            for choice in attribute.choices.values():
                values = [(KEEP, _("keep")), *others.items()]
                self._add(f"answer-{attribute.id}{SEPARATOR}{choice.id}", choice.name, values, KEEP)

    def _add(self, name: str, text: str, options: list[Any], initial: str) -> None:
        self.fields[name] = forms.ChoiceField(label=text, choices=options, required=False, initial=initial)

    def _add_label(self, label: Label, targets: list[tuple[str, str]], given: object) -> None:
        keep = label.id in self._target.labels
        initial = given if isinstance(given, str) else DROP if isinstance(given, dict) else KEEP
        self._add(f"label-{label.id}", label.name, _options(targets, keep=keep), initial)
        self.fields[f"hand-{label.id}"] = forms.BooleanField(label=_("decide by hand"), required=False)
        self.fields[f"note-{label.id}"] = forms.CharField(label=_("Add to the note"), required=False, max_length=200)
        splitting = [attribute for attribute in label.attributes.values() if _splits(attribute)]
        if splitting:
            choices = [("", _("no split")), *((attribute.id, attribute.name) for attribute in splitting)]
            self.fields[f"split-{label.id}"] = forms.ChoiceField(label=_("Split by"), choices=choices, required=False)
        plain = [(name, other.name) for name, other in self._target.labels.items()]
        for attribute in splitting:
            for choice in attribute.choices.values():
                name = f"value-{label.id}{SEPARATOR}{attribute.id}{SEPARATOR}{choice.id}"
                self._add(name, f"{attribute.name}: {choice.name}", [("", _("as the label")), *plain], "")
        for attribute in label.attributes.values():
            others = {other.id: other.name for own in self._target.labels.values() for other in own.attributes.values()}
            options = [(KEEP, _("keep")), (NOTE, _("move to the note")), (DROP, _("drop, if no span has it"))]
            options += [(name, _("becomes “%(name)s”") % {"name": text}) for name, text in others.items()]
            self._add(f"attribute-{label.id}{SEPARATOR}{attribute.id}", attribute.name, options, KEEP)

    def label_rows(self) -> Iterator[dict[str, Any]]:
        """Yield the fields of each label."""
        for label in self._labels:
            yield {
                "label": label,
                "to": self[f"label-{label.id}"],
                "hand": self[f"hand-{label.id}"],
                "note": self[f"note-{label.id}"],
                "split": self[f"split-{label.id}"] if f"split-{label.id}" in self.fields else None,
                "values": [self[name] for name in self.fields if name.startswith(f"value-{label.id}{SEPARATOR}")],
                "attributes": [
                    self[name] for name in self.fields if name.startswith(f"attribute-{label.id}{SEPARATOR}")
                ],
            }

    def relation_rows(self) -> Iterator[forms.BoundField]:
        """Yield the field of each relation."""
        return (self[name] for name in self.fields if name.startswith("relation-"))

    def document_rows(self) -> list[dict[str, Any]]:
        """Return the fields of each attribute of the document."""
        return [
            {
                "to": self[f"document-{name}"],
                "values": [self[field] for field in self.fields if field.startswith(f"answer-{name}{SEPARATOR}")],
            }
            for name in self._source.document_attributes
        ]

    def definition(self) -> dict[str, Any]:
        """Return the mapping that the form stands for."""
        values = self.cleaned_data
        labels = {label.id: rule for label in self._labels if (rule := self._label_rule(label, values)) is not None}
        attributes: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            if name.startswith("attribute-") and value:
                label_id, _separator, attribute = name.removeprefix("attribute-").partition(SEPARATOR)
                attributes.setdefault(label_id, {})[attribute] = _attribute_rule(value)
        relations = {
            name.removeprefix("relation-"): {"drop": True} if value == DROP else value
            for name, value in values.items()
            if name.startswith("relation-") and value
        }
        of_document = {
            name: rule for name in self._source.document_attributes if (rule := self._document_rule(name, values))
        }
        definition = {"labels": labels, "attributes": attributes, "relations": relations}
        return definition | ({"document_attributes": of_document} if of_document else {})

    def _document_rule(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        chosen, prefix = values[f"document-{name}"], f"answer-{name}{SEPARATOR}"
        if chosen == DROP:
            return {"drop": True}
        changed = {key.removeprefix(prefix): to for key, to in values.items() if key.startswith(prefix) and to}
        changed = {choice: to for choice, to in changed.items() if to != choice}
        rule: dict[str, Any] = {"to": chosen} if chosen and chosen != name else {}
        return rule | ({"values": changed} if changed else {})

    def _label_rule(self, label: Label, values: Mapping[str, Any]) -> dict[str, Any] | None:
        chosen, split = values[f"label-{label.id}"], values.get(f"split-{label.id}", "")
        if chosen == DROP and not split:
            return {"drop": True}
        to, _separator, attribute = chosen.partition(SEPARATOR)
        to = "" if chosen == DROP else to or (label.id if label.id in self._target.labels else "")
        rule: dict[str, Any] = {"to": to} if to else {}
        if attribute:
            name, _separator, value = attribute.partition(SEPARATOR)
            rule["set"] = {name: value}
        if split:
            prefix = f"value-{label.id}{SEPARATOR}{split}{SEPARATOR}"
            rule |= {"split": split, "values": {
                name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix) and value
            }}  # fmt: skip
            if to:
                rule["otherwise"] = rule.pop("to")
        if values[f"hand-{label.id}"]:
            rule["by_hand"] = True
        if values[f"note-{label.id}"]:
            rule["note"] = values[f"note-{label.id}"]
        return None if rule == {"to": label.id} or not rule else rule


def _attribute_rule(value: str) -> dict[str, Any] | str:
    return {NOTE: {"note": True}, DROP: {"drop": True}}.get(value, value)


def _splits(attribute: Attribute) -> bool:
    return attribute.type is AttributeType.CHOICE and len(attribute.choices) <= MOST_SPLIT


def _label_options(target: Schema) -> list[tuple[str, str]]:
    """Return the labels of the new version, each also with the values of its attributes, as far as they are few."""
    labels = [(label.id, label.name) for label in target.labels.values()]
    with_values = [
        (SEPARATOR.join([label.id, attribute.id, choice.id]), f"{label.name}, {attribute.name}: {choice.name}")
        for label in target.labels.values()
        for attribute in label.attributes.values()
        for choice in attribute.choices.values()
    ]
    return labels + with_values if len(labels) + len(with_values) <= MOST_OPTIONS else labels


def _options(targets: list[tuple[str, str]], *, keep: bool) -> list[Any]:
    first = (KEEP, _("keep")) if keep else (KEEP, _("choose …"))
    return [first, *targets, (DROP, _("drop, if nothing uses it"))]
