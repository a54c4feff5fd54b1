"""The table of roles in docs/developers/contracts.md."""

import re

import pytest
from django.conf import settings

from projects.roles import Capability, Role, can, roles_that_can


def documented() -> dict[tuple[Role, Capability], bool]:
    text = (settings.BASE_DIR / "docs/developers/contracts.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)`[^|]*\|(.*)\|$", text, re.MULTILINE)
    columns = [Role.LEAD, Role.ADJUDICATOR, Role.ANNOTATOR, Role.VIEWER]
    return {
        (role, Capability(name)): cell.strip() == "x"
        for name, cells in rows
        if name in {capability.value for capability in Capability}
        for role, cell in zip(columns, cells.split("|"), strict=True)
    }


def test_capabilities_follow_the_documented_table() -> None:
    table = documented()

    assert len(table) == len(Role) * len(Capability)
    assert {key: can(*key) for key in table} == table


@pytest.mark.parametrize("capability", Capability)
def test_roles_are_found_by_capability(capability: Capability) -> None:
    assert roles_that_can(capability) == [role for role in Role if can(role, capability)]
