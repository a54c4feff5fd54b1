"""The largest project that is measured: 100,000 documents, 50 people, 2 million spans, kept between runs.

It is made once in a folder of its own (`BENCH_FOLDER`, else `.cache/bench/large`), or in the empty database that
`BENCH_DATABASE_URL` names, and brought up to date by the migrations afterwards. Rows are written by SQL: by the
services it would take an hour.
"""

import hashlib
import json
import os
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django

from tests.bench.corpus import make_text
from tests.bench.site import IGNORED

DOCUMENTS, PEOPLE, SPANS_A_SET, WORDS = 100_000, 50, 11, 150
WEEKS = 26
LEAD, PASSWORD, PROJECT = "lead", "a password only for measuring", "large"
MEASURED_DOCUMENTS = 200
"""The agreement report is measured on so many documents, and its figures stand for all."""
LABELS = ("Claim", "Speaker", "Denial", "Hedge")
NAMES = ("Peskov", "Zakharova", "Minister", "Spokesman", "Mayor", "Witness")
SOURCES = ("tass", "bbc", "ap", "afp", "reuters")


def folder_of_large_project() -> Path:
    """Return the folder in which the project is kept."""
    return Path(os.environ.get("BENCH_FOLDER") or Path(__file__).parents[2] / ".cache" / "bench" / "large")


def open_large_project() -> Any:
    """Connect this process to the database, make the project unless it is there, and return it."""
    folder = folder_of_large_project()
    folder.mkdir(parents=True, exist_ok=True)
    for name in IGNORED:
        os.environ.pop(name, None)
    url = os.environ.get("BENCH_DATABASE_URL")
    os.environ.update({"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "annotator.settings"})
    os.environ.update({"DATABASE_URL": url} if url else {})
    django.setup()
    from django.core.management import call_command

    from projects.models import Project

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not Project.objects.filter(slug=PROJECT).exists():
        _Builder().build()
    return Project.objects.get(slug=PROJECT)


class _Builder:
    """Writes the rows of the project in one transaction, from a seed."""

    def __init__(self) -> None:
        from django.utils import timezone

        self.random = random.Random(1)
        self.now = timezone.now().replace(microsecond=0)
        self.texts = [make_text(self.random, WORDS)[0] for _ in range(500)]

    def build(self) -> None:
        """Write everything, measure the report, index the texts, and let the database collect its statistics."""
        from django.db import transaction

        from annotator.platform.sqlite.statistics import collect_statistics
        from annotator.workload.assignments.services import tallies

        with transaction.atomic():
            self._people()
            self._documents()
            self._sets()
            self._rest()
        self._report()
        self._index()
        while tallies.count_sets(self.project):
            pass
        collect_statistics()

    def _people(self) -> None:
        from annotator.platform.accounts.models import User
        from projects.models import GuidelineVersion, Membership, Project, SchemaVersion

        began = self.now - timedelta(weeks=WEEKS)
        schema = json.loads(Path("projects/builtin/claims-attribution/schema.json").read_text("utf-8"))
        self.project = Project.objects.create(slug=PROJECT, name="Large", seed="large", created_at=began, slot_days=28)
        versions = {"project": self.project, "number": 1, "sha256": "a" * 64, "created_at": began}
        self.schema = SchemaVersion.objects.create(definition=schema, **versions)
        self.guideline = GuidelineVersion.objects.create(text="# Rules", **versions)
        lead = User.objects.create_user(LEAD, password=PASSWORD)
        self.people = [User.objects.create(username=f"person-{n:02}", password="!") for n in range(PEOPLE)]
        for user in [lead, *self.people]:
            role = "lead" if user is lead else "annotator"
            Membership.objects.create(project=self.project, user=user, role=role, joined_at=began)

    def _documents(self) -> None:
        from annotator.corpus.documents.models import Document

        for start in range(0, DOCUMENTS, 5_000):
            Document.objects.bulk_create(map(self._document, range(start, start + 5_000)), batch_size=500)

    def _document(self, number: int) -> Any:
        from annotator.corpus.documents.models import Document

        chance = self.random
        text = f"{chance.choice(NAMES)} said {number}. {chance.choice(self.texts)}"
        return Document(
            project=self.project, external_id=f"d{number:06}", title=f"{chance.choice(NAMES)} on day {number % 365}",
            text=text, sha256=hashlib.sha256(text.encode()).hexdigest(), length=len(text), position=number,
            meta={"source": chance.choice(SOURCES), "day": number % 365, "score": chance.random()},
            shuffle_key=chance.randrange(2**31 - 1), created_at=self.now - timedelta(weeks=WEEKS),
        )  # fmt: skip

    def _sets(self) -> None:
        """Give 19 of 20 documents two sets of two people, spread over the weeks; one in a hundred is still open."""
        for week, at in enumerate(self._mondays()):
            for slot in (0, 1):
                self._run(
                    "INSERT INTO spans_annotationset (document_id, kind, annotator_id, name, revision, state, "
                    "schema_version_id, guideline_version_id, created_at, changed_at, submitted_at, is_excluded, "
                    "awaits_review, waived_hints, purpose) "
                    "SELECT d.id, 'annotator', u.id, u.username, 10, "
                    "CASE WHEN d.position %% 100 = 0 THEN 'open' ELSE 'submitted' END, %s, %s, %s, %s, "
                    "CASE WHEN d.position %% 100 = 0 THEN NULL ELSE %s END, FALSE, FALSE, '[]', '' "
                    "FROM documents_document d JOIN accounts_user u ON u.id = %s + (d.position + %s) %% %s "
                    "WHERE d.position %% %s = %s AND d.position %% 20 < 19",
                    [self.schema.pk, self.guideline.pk, at, at, at, self.people[0].pk, slot * 7, PEOPLE, WEEKS, week],
                )
        self._run(
            'INSERT INTO spans_span (annotation_set_id, uid, label, start, "end", attributes, note, origin) '
            "SELECT s.id, 'u' || n.id, n.label, n.start, n.start + 9, n.attributes, '', 'manual' "
            f"FROM spans_annotationset s CROSS JOIN ({self._pattern()}) n ORDER BY s.id, n.id",
            [],
        )

    def _pattern(self) -> str:
        """Return the spans of one set as a query."""
        rows = []
        for number in range(SPANS_A_SET):
            label = LABELS[number % len(LABELS)]
            attributes = json.dumps({"canonical": NAMES[number % len(NAMES)]} if label == "Speaker" else {})
            if self._is_postgresql:
                attributes += "'::jsonb || '{}"
            rows.append(
                f"SELECT {number} AS id, '{label}' AS label, {number * 20} AS start, '{attributes}' AS attributes"
            )
        return " UNION ALL ".join(rows)

    def _rest(self) -> None:
        """Write assignments, active times, rounds, tags, adjudicated sets, skips and questions."""
        from annotator.workload.assignments.services.plans import ensure_plans

        self._run(
            "INSERT INTO assignments_assignment "
            "(document_id, annotator_id, slot, annotation_set_id, created_at, freed_reason) "
            "SELECT s.document_id, s.annotator_id, (SELECT COUNT(*) FROM spans_annotationset t "
            "WHERE t.document_id = s.document_id AND t.id < s.id), s.id, s.created_at, '' FROM spans_annotationset s",
            [],
        )
        self._run(
            "INSERT INTO timing_activetime (annotation_set_id, periods, seconds, words, reported_at) "
            "SELECT id, '[[1700000000000, 1700000060000]]', 60 + id %% 600, %s, changed_at FROM spans_annotationset",
            [WORDS],
        )
        self._run(
            "INSERT INTO spans_annotationset (document_id, kind, name, revision, state, schema_version_id, "
            "guideline_version_id, created_at, changed_at, submitted_at, is_excluded, awaits_review, waived_hints, "
            "purpose) SELECT id, 'adjudicated', 'adjudicated', 10, 'adjudicated', %s, %s, %s, %s, %s, FALSE, FALSE, "
            "'[]', '' FROM documents_document WHERE position %% 20 = 7",
            [self.schema.pk, self.guideline.pk, *[self._moment(self.now)] * 3],
        )
        ensure_plans(self.project)
        self._rounds()
        self._skips_and_questions()

    def _rounds(self) -> None:
        from annotator.corpus.documents.models import Document, DocumentTag, Tag
        from annotator.workload.assignments.models import DocumentPlan, Round

        plans = DocumentPlan.objects.filter(project=self.project)
        for name, priority, first, last in (("Pilot", 10, 0, 2_000), ("Round 1", 5, 2_000, 40_000)):
            current = Round.objects.create(
                project=self.project, name=name, priority=priority, annotators_per_document=2, created_at=self.now
            )
            plans.filter(position__gte=first, position__lt=last).update(round=current)
        plans.filter(position__lt=5_000).update(priority=3)
        tag = Tag.objects.create(project=self.project, name="hard")
        keys = Document.objects.filter(position__lt=1_000).order_by("position").values_list("pk", flat=True)
        DocumentTag.objects.bulk_create(DocumentTag(tag=tag, document_id=key) for key in keys)

    def _skips_and_questions(self) -> None:
        from annotator.corpus.documents.models import Document
        from annotator.workload.assignments.models import Skip
        from annotator.workload.questions.models import Question

        keys = list(Document.objects.filter(position__gte=99_000).order_by("id").values_list("pk", flat=True))
        common = {"created_at": self.now, "reason": "other"}
        Skip.objects.bulk_create(
            Skip(document_id=key, annotator=self.people[key % PEOPLE], **common) for key in keys[:300]
        )
        Question.objects.bulk_create(
            Question(
                project=self.project, document_id=key, text="Is this a denial?", asked_by=self.people[key % PEOPLE],
                asked_at=self.now, changed_at=self.now,
            )
            for key in keys[:200]
        )  # fmt: skip

    def _report(self) -> None:
        """Measure agreement on a few documents, and let a report over everything show these figures."""
        from annotator.agreement import services
        from annotator.agreement.models import AgreementReport
        from annotator.agreement.scope import Scope
        from annotator.corpus.documents.models import Document
        from annotator.platform.jobs import services as jobs

        chosen = Document.objects.filter(position__lt=MEASURED_DOCUMENTS).order_by("id").values_list("pk", flat=True)
        scope = Scope(documents=tuple(chosen))
        small = services.start_report(self.project, started_by=None, now=self.now, scope=scope, own_process=True)
        assert small.job
        jobs.run_here(small.job)
        small.refresh_from_db()
        whole = AgreementReport.objects.create(
            project=self.project, created_at=self.now, measured_at=self.now, result=small.result
        )
        columns = "(document_id, key, tally, statistics, overlap_f1)"
        self._run(
            f"INSERT INTO agreement_measurement {columns} "
            "SELECT id, 'large', '{}', '{}', (position %% 101) / 101.0 FROM documents_document "
            "WHERE position %% 20 < 19 AND position %% 10 > 0",
            [],
        )
        self._run(
            "INSERT INTO agreement_documentagreement (report_id, document_id, measurement_id, overlap_f1, exact_f1) "
            "SELECT %s, document_id, id, overlap_f1, overlap_f1 FROM agreement_measurement WHERE key = 'large'",
            [whole.pk],
        )
        self._run(
            "INSERT INTO agreement_reportedset (report_id, annotation_set_id, author, revision) "
            "SELECT %s, id, name, revision FROM spans_annotationset WHERE kind = 'annotator' AND state = 'submitted'",
            [whole.pk],
        )
        first, second = ([{"label": label, "fragments": [[0, 9]]}] for label in ("Claim", "Hedge"))
        detail = {"first": first, "second": second}
        self._run(
            "INSERT INTO agreement_disagreement (measurement_id, first, second, kind, label, other, attribute, start, "
            "\"end\", words, start_difference, end_difference, detail) SELECT id, 'person-00', 'person-07', 'label', "
            "'Claim', 'Hedge', '', 0, 9, 'the', '', '', %s FROM agreement_measurement "
            "WHERE key = 'large' AND document_id %% 3 = 0",
            [json.dumps(detail)],
        )

    def _index(self) -> None:
        from annotator.corpus.documents import search

        while search.index_documents(self.project, most=5_000):
            pass

    def _mondays(self) -> Iterator[Any]:
        for week in range(WEEKS):
            yield self._moment(self.now - timedelta(weeks=WEEKS - 1 - week, hours=2))

    @property
    def _is_postgresql(self) -> bool:
        from django.db import connection

        return connection.vendor == "postgresql"

    def _moment(self, moment: datetime) -> Any:
        from django.db import connection

        return connection.ops.adapt_datetimefield_value(moment)

    def _run(self, statement: str, values: list[Any]) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(statement, values)
