"""The page on adding a measure: its code is added to a copy of the project and used there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs/developers/adding-a-measure.md").read_text("utf-8")
FILES = dict(re.findall(r"^`(\S+\.py)`\n\n```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
PARTS = re.findall(r":\n\n```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
REPORT = "annotator/agreement/reports/label_figures.py"
# Measures two documents and shows the report in every way; then reads a report without the figure, as an older one.
SCRIPT = """
import json
import django
django.setup()
from annotator.agreement.counting.tallies import Counts
from annotator.agreement.reports.label_figures import LABEL_FIGURES, LabelFigures, LabelSums, ReportFigure
from annotator.agreement.reports.records import from_record, to_record
from annotator.agreement.serializers import shape_of
from annotator.measures.krippendorff import Coincidences

nothing = Coincidences(0, 0, 0.0, {})
sums = LabelSums(5, Counts(3, 2, 2, 2), nothing, nothing)
figures = {name: ReportFigure.of(declared.value(sums)) for name, declared in LABEL_FIGURES.items()}
label = LabelFigures(label="Claim", spans=5, share_of_text=0.1, **figures)
record = to_record(label)
older = {name: value for name, value in record.items() if name != "jaccard"}
print(json.dumps({
    "columns": list(LABEL_FIGURES),
    "value": record["jaccard"]["value"],
    "read": from_record(LabelFigures, record) == label,
    "older": from_record(LabelFigures, older).jaccard,
    "api": "jaccard" in shape_of(LabelFigures)().fields,
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project with the code of the page."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("annotator", "projects", "static"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, code in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(code, "utf-8")
    imported, declaration, added_field = PARTS
    source = (folder / REPORT).read_text("utf-8")
    before, after = source.split("@dataclass(frozen=True)\nclass LabelFigures:", 1)
    fields, rest = after.split("\n\n\n", 1)
    first_import = before.index("from annotator.")
    source = (
        f"{before[:first_import]}{imported}{before[first_import:]}{declaration}\n\n"
        f"@dataclass(frozen=True)\nclass LabelFigures:{fields}\n{added_field}\n\n{rest}"
    )
    (folder / REPORT).write_text(source, "utf-8")
    return folder


def run(folder, *arguments):
    environment = {
        "PYTHONPATH": str(folder),
        "DJANGO_SETTINGS_MODULE": "annotator.settings",
        "VAR_DIR": str(folder / "var"),
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_page_has_a_measure_and_its_test():
    assert list(FILES) == ["annotator/measures/jaccard.py", "tests/unit/measures/test_jaccard.py"]
    assert len(PARTS) == 3


def test_tests_of_the_page_pass(copy):
    done = run(
        copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", "tests/unit/measures/test_jaccard.py"
    )

    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_examples_of_the_page_run(copy):
    done = run(copy, "-m", "doctest", "annotator/measures/jaccard.py")

    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_figure_is_part_of_every_form_of_the_report(copy):
    done = run(copy, "-c", SCRIPT)

    assert done.returncode == 0, done.stderr
    assert '"jaccard"], "value": 0.6666666666666666, "read": true, "older": null, "api": true' in done.stdout
