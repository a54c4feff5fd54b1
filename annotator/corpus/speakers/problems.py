"""Anticipated failures of the speaker registry."""

from annotator.problems import Conflict


class RegistryChanged(Conflict):
    """What a step would change or undo has been changed since."""

    code = "registry_changed"
    title = "The speaker registry has changed"


class NameTaken(Conflict):
    """Another entry has the name."""

    code = "speaker_name_taken"
    title = "Another entry has this name"
