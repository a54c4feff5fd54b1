"""Links and paths in the documentation lead to something that exists."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```", re.DOTALL)
PATH = re.compile(r"`((?:annotator|projects|static|tests|tools|docs)/[\w./-]+)`")
TEST = re.compile(r"`(tests/[\w./-]+\.py)::(\w+)`")
MODULE = re.compile(r"`((?:annotator|projects)(?!\.sqlite3|\.service)(?:\.\w+)+)`")


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of a page, as hosting platforms make them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    targets = LINK.findall(CODE.sub("", page.read_text("utf-8")))
    return [
        target
        for pair in targets
        for target in pair
        if target and not target.startswith(("http:", "https:", "mailto:"))
    ]


def leads_nowhere(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    file = (page.parent / name).resolve() if name else page
    return not file.exists() or bool(anchor and file.suffix == ".md" and anchor not in anchors(file))


def is_module(name: str) -> bool:
    """Return whether a dotted name is a module or something in one."""
    parts = name.split(".")
    return any(
        (ROOT / "/".join(parts[:length])).is_dir() or (ROOT / "/".join(parts[:length])).with_suffix(".py").exists()
        for length in (len(parts), len(parts) - 1)
        if length > 1 or parts[0] == "projects"
    )


def is_recipe(page: Path) -> bool:
    """Return whether a page adds files that the project does not have."""
    return page.name.startswith("adding-a-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_paths_exist(page):
    text = page.read_text("utf-8")

    assert [target for target in links(page) if leads_nowhere(page, target)] == []
    assert is_recipe(page) or [path for path in PATH.findall(text) if not (ROOT / path).exists()] == []
    assert [name for name in MODULE.findall(text) if not is_module(name)] == []


def test_tests_named_in_the_documentation_exist():
    named = [found for page in PAGES for found in TEST.findall(page.read_text("utf-8"))]

    assert [(file, name) for file, name in named if f"\ndef {name}(" not in (ROOT / file).read_text("utf-8")] == []
    assert len(set(named)) >= 19


def test_every_page_is_reached_from_the_index():
    reached, open_pages = set(), [ROOT / "docs/index.md"]
    while open_pages:
        page = open_pages.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = [(page.parent / link.partition("#")[0]).resolve() for link in links(page) if not link.startswith("#")]
        open_pages += [target for target in targets if target.suffix == ".md" and target.is_file()]
        open_pages += [page for target in targets if target.is_dir() for page in target.glob("*.md")]

    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in reached] == []
