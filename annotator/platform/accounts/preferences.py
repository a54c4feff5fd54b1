"""The preferences of a user: their values and defaults."""

from typing import TypedDict

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
    pick_by_words: bool
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
    pick_by_words=False,
    show_time=True,
    show_tips=True,
    letter_keys="alone",
)
