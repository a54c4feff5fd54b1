"""A person's data can be exported, and the person's name is replaced wherever it is stored."""

import json

import pytest
from django.core.management import call_command

from annotator.agreement import services as agreement
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.site.backup.rows import read_rows
from annotator.site.backup.tables import all_tables, columns_of, key_column, name_of
from annotator.site.privacy.personal_data import export_person
from annotator.site.privacy.pseudonyms import NameIsLabel, pseudonymise
from projects.models import SchemaVersion
from tests.api.world import make_world

pytestmark = pytest.mark.django_db
NAME = "zanzibara"
# Releases never change.
KEEPS_THE_NAME = {"releases_frozenset", "releases_release"}


@pytest.fixture
def person(project, lead, ada, ben, stranger, make_document, make_set, now, settings, tmp_path, page):
    """A person who has done everything, with reports, an export and a release."""
    settings.RELEASES_DIR, settings.EXPORTS_DIR = tmp_path / "releases", tmp_path / "exports"
    User.objects.filter(pk=ada.pk).update(username=NAME, email=f"{NAME}@example.org", first_name=NAME)
    ada.refresh_from_db()
    make_world(project, {"lead": lead, "ada": ada, "ben": ben, "stranger": stranger}, make_document, make_set, now)
    document = AnnotationSet.objects.get(annotator=ada).document
    span = {"id": "s", "label": "Claim", "fragments": [[0, 3]], "attributes": {}}
    make_set(document, ben, [span], state="submitted", submitted_at=now, revision=1)
    for blind in (False, True):
        report = agreement.start_report(
            project, started_by=lead, now=now, own_process=True, scope=agreement.Scope(blind=blind)
        )
        assert jobs.run_here(agreement.job_of(report)).state == "done"
    page(ada).get("/account/")
    return ada


def tables_with(name):
    """Return the tables in which a name occurs."""
    rows = {
        name_of(table): read_rows(name_of(table), columns_of(table), key=key_column(table)) for table in all_tables()
    }
    return {table for table, batches in rows.items() if name in str(list(batches))}


def test_name_is_replaced_everywhere_but_in_releases(person, project, page, lead):
    before = tables_with(NAME)

    done = pseudonymise(person)

    assert {"agreement_agreementreport", "agreement_measurement", "spans_annotationset"} <= before
    assert tables_with(NAME) <= KEEPS_THE_NAME
    assert [release.number for release in done.releases] == [1]
    person.refresh_from_db()
    assert (person.username, person.email, person.is_active, person.has_usable_password()) == (
        done.name, "", False, False,
    )  # fmt: skip
    assert AnnotationSet.objects.get(annotator=person).name == done.name
    for report in project.agreement_reports.order_by("id"):
        assert page(lead).get(f"/projects/{project.slug}/agreement/{report.pk}/").status_code == 200
    again = agreement.start_report(project, started_by=lead, now=project.created_at, own_process=True)
    assert jobs.run_here(agreement.job_of(again)).state == "done"
    again.refresh_from_db()
    assert done.name in json.dumps(again.result)


def test_name_that_is_a_label_is_refused(person, project):
    version = SchemaVersion.objects.get(project=project, number=1)
    version.definition["labels"][0]["id"] = NAME
    version.save()

    with pytest.raises(NameIsLabel, match="is also a label"):
        pseudonymise(person)

    person.refresh_from_db()
    assert person.username == NAME


def test_export_holds_all_rows_of_the_person_and_no_secret(person, ben, tmp_path):
    count = export_person(person, tmp_path / "data.jsonl")

    lines = [json.loads(line) for line in (tmp_path / "data.jsonl").read_text().splitlines()]
    tables = {line["table"] for line in lines}
    assert len(lines) == count
    assert {"accounts_user", "spans_annotationset", "timing_activetime", "projects_membership"} <= tables
    assert [line["row"]["username"] for line in lines if line["table"] == "accounts_user"] == [NAME]
    assert not any({"password", "digest"} & set(line["row"]) for line in lines)
    sets = [line["row"]["annotator_id"] for line in lines if line["table"] == "spans_annotationset"]
    assert sets == [person.pk]
    assert (tmp_path / "data.jsonl").stat().st_mode & 0o777 == 0o600


def test_commands_ask_for_the_name_again(person, capsys, tmp_path):
    call_command("pseudonymise_person", NAME)
    call_command("export_person", NAME, str(tmp_path / "data.jsonl"))
    person.refresh_from_db()
    assert person.username == NAME

    call_command("pseudonymise_person", NAME, "--confirm", NAME)

    said = capsys.readouterr().out
    assert "Nothing was changed" in said
    assert "Still holds the name: release 1" in said
