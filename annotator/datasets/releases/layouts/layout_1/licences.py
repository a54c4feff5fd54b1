"""The licences to choose from, by the identifiers that data hubs know. Pure."""

from typing import NamedTuple


class Licence(NamedTuple):
    """What people call it, and where it can be read."""

    name: str
    url: str = ""


_COMMONS = "https://creativecommons.org/licenses"
UNKNOWN, OTHER = "unknown", "other"
LICENCES = {
    UNKNOWN: Licence("Not stated"),
    "cc-by-4.0": Licence("Creative Commons Attribution 4.0", f"{_COMMONS}/by/4.0/"),
    "cc-by-sa-4.0": Licence("Creative Commons Attribution-ShareAlike 4.0", f"{_COMMONS}/by-sa/4.0/"),
    "cc-by-nc-4.0": Licence("Creative Commons Attribution-NonCommercial 4.0", f"{_COMMONS}/by-nc/4.0/"),
    "cc-by-nc-sa-4.0": Licence(
        "Creative Commons Attribution-NonCommercial-ShareAlike 4.0", f"{_COMMONS}/by-nc-sa/4.0/"
    ),
    "cc0-1.0": Licence("Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "odc-by": Licence("Open Data Commons Attribution", "https://opendatacommons.org/licenses/by/1-0/"),
    "odbl": Licence("Open Data Commons Open Database", "https://opendatacommons.org/licenses/odbl/1-0/"),
    OTHER: Licence("Another one, as the notes say"),
}
