import io
import json

import pytest
from django.core.management import CommandError, call_command

from annotator.agreement.models import AgreementReport

pytestmark = pytest.mark.django_db(transaction=True)


def run(*args):
    out = io.StringIO()
    call_command("measure_agreement", *args, stdout=out)
    return out.getvalue()


def test_the_report_is_printed_and_stored(sample_project):
    printed = run("news")

    assert "6 documents compared, 2 annotators (A, B)." in printed
    assert (
        "Claim: When one annotator marks “Claim”, the other marks an overlapping “Claim” 69\N{NO-BREAK SPACE}%"
        in printed
    )
    assert "all              536        0.83      0.57" in printed
    assert AgreementReport.objects.get().measured_at is not None


def test_json_has_full_precision(sample_project):
    result = json.loads(run("news", "--json"))

    assert round(result["pairs"][0]["overall"]["exact_f1"]["value"], 4) == 0.5672
    assert result["documents"] == 6


def test_nothing_to_compare_is_an_error(project):
    with pytest.raises(CommandError, match="has been submitted by two annotators") as failure:
        run("news")
    assert failure.value.returncode == 1


def test_an_unknown_project_is_named(project):
    with pytest.raises(CommandError, match="There is no project “olds”"):
        run("olds")
