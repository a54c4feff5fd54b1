"""The table of roles, as written down in docs/developers/contracts.md."""

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


def test_the_code_keeps_to_the_table() -> None:
    table = documented()

    assert len(table) == len(Role) * len(Capability)
    assert {key: can(*key) for key in table} == table


@pytest.mark.parametrize("capability", Capability)
def test_roles_for_a_query_are_those_that_can(capability: Capability) -> None:
    assert roles_that_can(capability) == [role for role in Role if can(role, capability)]
