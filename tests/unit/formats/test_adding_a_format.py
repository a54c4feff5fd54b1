"""The page on adding a format: its code is written to files, registered and tested as the page says."""

import importlib
import re
import sys
from pathlib import Path

import pytest
from django.conf import settings

import annotator.formats
from annotator.formats import registry

PAGE = (Path(settings.BASE_DIR) / "docs/developers/adding-a-format.md").read_text("utf-8")
FILES = dict(re.findall(r"^`(\S+\.py)`\n\n```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
LINE = re.search(r'^    "(\S+)": (\w+)\.FORMAT,$', PAGE, re.MULTILINE)


@pytest.fixture
def page_tests(tmp_path, monkeypatch):
    """The tests of the page by name, with its format registered."""
    for path, code in FILES.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(code, "utf-8")
    monkeypatch.setattr(
        annotator.formats, "__path__", [*annotator.formats.__path__, str(tmp_path / "annotator/formats")]
    )
    package = importlib.import_module(f"annotator.formats.{LINE[2]}")
    monkeypatch.setitem(registry.FORMATS, LINE[1], package.FORMAT)
    monkeypatch.setattr(registry, "ENDINGS", (*registry.ENDINGS, *package.FORMAT.endings))
    namespace = {}
    exec(compile(FILES["tests/unit/formats/test_span_lists.py"], "test_span_lists.py", "exec"), namespace)
    yield {name: value for name, value in namespace.items() if name.startswith("test_")}
    for name in [name for name in sys.modules if name.startswith(f"annotator.formats.{LINE[2]}")]:
        del sys.modules[name]


def test_the_page_has_all_files_of_a_format():
    assert [Path(path).name for path in FILES] == ["read.py", "write.py", "__init__.py", "test_span_lists.py"]


def test_the_tests_of_the_page_pass(page_tests):
    assert len(page_tests) == 3
    for test in page_tests.values():
        test()
