"""The preferences of a user: their values, defaults and serializers."""

from typing import Any, TypedDict

from rest_framework import serializers

MOST_KEYS = 300
MOST_KEYS_OF_A_COMMAND = 4
LONGEST_COMMAND = 200
LONGEST_KEY = 40
LETTER_KEYS = ("alone", "alt", "off")


class EditorPreferences(TypedDict):
    """Appearance and keyboard shortcuts of the editor; `keys` holds only the commands with custom shortcuts."""

    keys: dict[str, list[str]]
    text_size: str
    line_width: str
    density: str
    theme: str
    reading_mode: bool
    show_time: bool
    show_tips: bool
    letter_keys: str


DEFAULTS = EditorPreferences(
    keys={},
    text_size="100",
    line_width="normal",
    density="normal",
    theme="system",
    reading_mode=False,
    show_time=True,
    show_tips=True,
    letter_keys="alone",
)


class EditorPreferencesShape(serializers.Serializer[Any]):
    """Preferences of the editor; those left out have their defaults."""

    keys = serializers.DictField(
        child=serializers.ListField(
            child=serializers.CharField(max_length=LONGEST_KEY, trim_whitespace=False),
            max_length=MOST_KEYS_OF_A_COMMAND,
        ),
        default=dict,
        help_text='Shortcuts by command, as in `{"span.next": ["j"], "label Claim": ["q"]}`; an empty list for none.',
    )
    text_size = serializers.ChoiceField(["85", "100", "115", "130", "150", "200"], default=DEFAULTS["text_size"])
    line_width = serializers.ChoiceField(["narrow", "normal", "wide", "full"], default=DEFAULTS["line_width"])
    density = serializers.ChoiceField(["compact", "normal", "roomy"], default=DEFAULTS["density"])
    theme = serializers.ChoiceField(["system", "light", "dark"], default=DEFAULTS["theme"])
    reading_mode = serializers.BooleanField(
        default=False, help_text="Whether screen readers use their own reading mode for the text."
    )
    letter_keys = serializers.ChoiceField(
        LETTER_KEYS,
        default=DEFAULTS["letter_keys"],
        help_text="Single-key shortcuts of agreement and adjudication pages: on, only with Alt, or off.",
    )
    show_time = serializers.BooleanField(default=True, help_text="Whether the editor shows the active time.")
    show_tips = serializers.BooleanField(default=True, help_text="Whether the first steps stand above the text.")

    def validate_keys(self, keys: dict[str, list[str]]) -> dict[str, list[str]]:
        """Return the shortcuts; raise `ValidationError` for too many commands or names that no command has."""
        if len(keys) > MOST_KEYS:
            raise serializers.ValidationError(f"At most {MOST_KEYS} commands can have custom shortcuts.")
        for name in keys:
            if not name.isprintable() or not 0 < len(name) <= LONGEST_COMMAND:
                raise serializers.ValidationError("The name of a command has 1 to 200 printable characters.")
        return keys


class PreferencesShape(serializers.Serializer[Any]):
    """All preferences of a user."""

    editor_preferences = EditorPreferencesShape()
