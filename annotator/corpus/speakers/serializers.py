"""Input and output of the speaker registry over the API."""

from typing import Any

from rest_framework import serializers

from annotator.corpus.speakers import files, services
from annotator.corpus.speakers.models import EntryKind, SpeakerChange, SpeakerEntry
from annotator.corpus.speakers.services import Scope
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.input import BooleanField, ChoiceField, InputSerializer, IntegerField, StringField

KIND_HELP = "person, institution, group, document, anonymous, or empty"
LONGEST = 300


class SpeakerEntryOut(serializers.ModelSerializer[SpeakerEntry]):
    """An entry of the speaker registry."""

    aliases = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = SpeakerEntry
        fields = ["id", "uid", "name", "kind", "role", "affiliation", "outside_id", "aliases"]


class SpeakerEntryChange(InputSerializer):
    """New values of an entry; what is left out stays. A name that is given up stays an alias."""

    name = StringField(required=False, max_length=LONGEST)
    kind = ChoiceField(choices=[("", ""), *EntryKind.choices], required=False, help_text=KIND_HELP)
    role = StringField(required=False, allow_blank=True, max_length=LONGEST)
    affiliation = StringField(required=False, allow_blank=True, max_length=LONGEST)
    outside_id = StringField(
        required=False, allow_blank=True, max_length=LONGEST, help_text="As text, such as Q42 of Wikidata."
    )
    aliases = serializers.ListField(
        child=StringField(max_length=LONGEST), required=False, max_length=services.MOST_ALIASES
    )


class SpeakerEntryIn(SpeakerEntryChange):
    """A new entry."""

    name = StringField(max_length=LONGEST)


class SpeakerMergeIn(InputSerializer):
    """The entry that another one becomes a part of."""

    into = IntegerField(min_value=1)


class SpeakerSplitIn(InputSerializer):
    """The name of the new entry, and the aliases that move to it."""

    name = StringField(max_length=LONGEST)
    aliases = serializers.ListField(child=StringField(max_length=LONGEST), allow_empty=False)


class SpeakerChangeOut(serializers.ModelSerializer[SpeakerChange]):
    """A step of the history; `undone_at` is null while it holds."""

    made_by = UserNameField()
    undone_by = UserNameField()

    class Meta:
        model = SpeakerChange
        fields = ["id", "kind", "detail", "made_by", "made_at", "undone_by", "undone_at"]


class MentionIn(InputSerializer):
    """What a mention names: an entry, a new entry with `new_name`, or, with neither, no one of the registry."""

    document = IntegerField(min_value=1)
    start = IntegerField(min_value=0, help_text="Code points.")
    end = IntegerField(min_value=1)
    entry = IntegerField(min_value=1, required=False)
    new_name = StringField(required=False, max_length=LONGEST)
    kind = ChoiceField(choices=[("", ""), *EntryKind.choices], required=False, help_text="Of the new entry.")
    scope = ChoiceField(
        choices=[(scope.value, scope.value) for scope in Scope],
        required=False,
        help_text="Left out: pronouns at their place, descriptions in the document, other names everywhere.",
    )


class EntryImport(InputSerializer):
    """Entries as exported, one object each; with `preview` nothing is written."""

    entries = serializers.ListField(child=serializers.DictField(), max_length=files.MOST_ENTRIES)
    preview = BooleanField(default=False)


class EntryImportResult(serializers.Serializer[Any]):
    """How many entries were added, changed, and had nothing new; `change` is the step in the history."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    change = serializers.IntegerField(allow_null=True)


class NewEntryOut(serializers.Serializer[Any]):
    """An entry that the names given by annotators would make."""

    name = serializers.CharField()
    kind = serializers.CharField(allow_blank=True)
    aliases = serializers.ListField(child=serializers.CharField())
    mentions = serializers.IntegerField()


class EntryNamesIn(InputSerializer):
    """The names, as the preview lists them, for which entries are added."""

    names = serializers.ListField(child=StringField(max_length=LONGEST), allow_empty=False)


class EntriesAdded(serializers.Serializer[Any]):
    """How many entries were added."""

    added = serializers.IntegerField()
