"""`visual.conf`: names that brat shows instead of its types, which cannot have white space."""

from collections.abc import Mapping

VISUAL = "visual.conf"
OWN_NAMES = "# Names of labels, attributes and relation types in the project."


def visual_configuration(names: Mapping[str, str]) -> str:
    """Return the configuration with the name of each type."""
    lines = [OWN_NAMES, "[labels]", *(f"{type_} | {name.replace('|', '/')}" for type_, name in sorted(names.items()))]
    # A comment keeps what a bar would end.
    lines += [f"# {type_}\t{name}" for type_, name in sorted(names.items())]
    return "\n".join(lines) + "\n"


def read_names(content: str) -> dict[str, str]:
    r"""Return the names by type in a configuration of ours; none in one of others, whose names are abbreviations.

    >>> read_names(visual_configuration({"First_Name": "First Name"})), read_names("[labels]\nOrg | Organization")
    ({'First_Name': 'First Name'}, {})
    """
    if not content.startswith(OWN_NAMES):
        return {}
    pairs = (line.removeprefix("# ").split("\t", 1) for line in content.split("\n")[1:] if "\t" in line)
    return {type_: name.removesuffix("\r") for type_, name in pairs}
