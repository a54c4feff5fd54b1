"""A project as teams live it: people join, leave and sleep, skip, are excluded; documents come in between; two rounds.

`ProjectLife` plays one day after another with a seeded generator, and `check` proves what must hold after each step:
no document has more annotators than its round allows, no slot is lost, nothing that a person did is gone, no person who
could annotate waits while documents are free, and what is measured is what is exported.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from annotator.agreement import services as agreement
from annotator.agreement.selectors.sets import sets_in_scope
from annotator.corpus.documents.models import Document
from annotator.corpus.documents.ordering import shuffle_key
from annotator.corpus.relabelling import services as relabelling
from annotator.corpus.spans import exclusions, lifecycle
from annotator.corpus.spans.changes import AddSpan
from annotator.corpus.spans.models import AnnotationSet, Change, Exclusion, SetKind, SetState, Span
from annotator.corpus.spans.services import apply_changes
from annotator.corpus.spans.state import new_id
from annotator.corpus.spans.values import SpanValue
from annotator.datasets.exports.options import Sets
from annotator.datasets.exports.output.records import sets_to_export
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.text.digest import text_digest
from annotator.workload.assignments import selectors, services
from annotator.workload.assignments.models import Assignment, DocumentPlan, Round, Skip, SkipDecision, SkipReason
from annotator.workload.assignments.problems import NoDocumentLeft
from annotator.workload.assignments.selectors.tallies import person_weeks
from annotator.workload.assignments.services import tallies
from projects.models import Membership, Project
from projects.roles import Role
from projects.selectors import schema_of
from projects.services import publish_schema, remove_member

TEXT = "Ada said it rained on day {day}, number {number}."
"""The words that are annotated are always at the same place."""


KIND = {"id": "kind", "choices": [{"id": "fact"}, {"id": "forecast"}]}
BEFORE = [{"id": "Claim", "attributes": [KIND]}, {"id": "Denial"}]
AFTER = [{"id": name} for name in ("Fact", "Forecast", "Denial", "Hedge")]
SPLIT = {"Claim": {"split": "kind", "values": {"fact": "Fact", "forecast": "Forecast"}}}


@dataclass
class ProjectLife:
    """A project, its people, and what happened so far."""

    project: Project
    lead: User
    now: datetime
    annotators: int
    documents: int
    seed: int = 1
    saved: dict[int, int] = field(default_factory=dict)
    refused: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.people: list[User] = []
        self.bad: User | None = None
        self.named = self.split = 0

    def play(self, *, days: int) -> None:
        """Play so many days, and check after each of them."""
        publish_schema(self.project, {"labels": BEFORE}, by=self.lead, now=self.now)
        for _ in range(self.annotators * 2 // 3):
            self.join()
        self.import_documents(day=0)
        pilot = services.create_round(self.project, now=self.now, name="Pilot", annotators_per_document=3, priority=10)
        first = Document.objects.filter(project=self.project).order_by("id")[: max(self.documents // 20, 2)]
        chosen = Document.objects.filter(pk__in=list(first.values_list("pk", flat=True)))
        services.plan_documents(self.project, chosen, to_round=pilot)
        for day in range(1, days + 1):
            self.now += timedelta(days=1)
            self.day(day, days)
            self.check()

    def day(self, day: int, days: int) -> None:
        """Play a day: everyone works, and now and then something else happens."""
        if day % 7 == 3 and len(self.people) < self.annotators:
            self.join()
        if day % 10 == 0:
            self.import_documents(day=day)
        if day == days // 6:
            self.second_round()
        if day == days // 4:
            self.split_a_label()
        if day == days // 2:
            self.exclude_the_bad_annotator()
        if day % 9 == 0 and len(self.people) > 4:
            self.leave(self.chance.choice(self.people))
        for user in self.people:
            if self.chance.random() < 0.7:  # The others sleep today.
                self.work(user)
        self.lead_decides()

    def join(self) -> None:
        """Add an annotator."""
        self.named += 1
        user = User.objects.create(username=f"person-{self.named}")
        Membership.objects.create(project=self.project, user=user, role=Role.ANNOTATOR, joined_at=self.now)
        self.people.append(user)
        if self.named == 2:
            self.bad = user

    def leave(self, user: User) -> None:
        """Remove an annotator without asking; their slots are freed when others need them."""
        self.people.remove(user)
        remove_member(Membership.objects.get(project=self.project, user=user))

    def import_documents(self, *, day: int) -> None:
        """Add documents at the end."""
        count = self.documents // 2 if day == 0 else max(self.documents // 20, 1)
        last = Document.objects.filter(project=self.project).count()
        for number in range(last, last + count):
            text = TEXT.format(day=day, number=number)
            Document.objects.create(
                project=self.project, external_id=f"d{number}", title=f"Document {number}", text=text, length=len(text),
                sha256=text_digest(text), position=number, shuffle_key=shuffle_key(self.project.seed, f"d{number}"),
                created_at=self.now,
            )  # fmt: skip

    def second_round(self) -> None:
        """Put half of the untouched documents into a round in which one person annotates everything."""
        current = services.create_round(
            self.project, now=self.now, name="Round 1", annotators_per_document=2, priority=5
        )
        free = DocumentPlan.objects.filter(project=self.project, taken=0, round=None).order_by("position")
        keys = list(free.values_list("document", flat=True)[: self.documents // 4])
        services.plan_documents(self.project, Document.objects.filter(pk__in=keys), to_round=current)
        members: dict[User, tuple[bool, int | None]] = dict.fromkeys(self.people, (False, None))
        members[self.people[0]] = (True, None)
        services.set_round_members(current, members)

    def work(self, user: User) -> None:
        """Annotate up to three documents: skip some, leave some open, submit most."""
        for _ in range(self.chance.randint(1, 3)):
            try:
                assignment = services.next_document(self.project, user=user, now=self.now).assignment
            except NoDocumentLeft:
                self.refused += 1
                self.check_no_document_was_free(user)
                return
            luck = self.chance.random()
            if luck < 0.05:
                services.skip(assignment, reason=SkipReason.UNREADABLE, now=self.now)
                continue
            self.annotate(assignment, user)
            if luck < 0.1:
                return
            lifecycle.submit(assignment.annotation_set, now=self.now)

    def annotate(self, assignment: Assignment, user: User) -> None:
        """Save one more span."""
        annotation_set = AnnotationSet.objects.select_related("document__project").get(pk=assignment.annotation_set_id)
        label, attributes = self.chance.choice(["Claim", "Denial"]), {}
        if label == "Claim":
            # An editor that was opened before the label was split goes on with the old words.
            is_new = annotation_set.revision == 0 and "Claim" not in schema_of(annotation_set.schema_version).labels
            label = "Forecast" if is_new else label
            attributes = {} if is_new else {"kind": self.chance.choice(["fact", "forecast"])}
        span = SpanValue(new_id(), label, ((4, 8),), attributes, "", "manual")
        change = AddSpan(new_id(), span)
        apply_changes(
            annotation_set, [change], base_revision=annotation_set.revision, sha256=annotation_set.document.sha256,
            author=user, now=self.now,
        )  # fmt: skip
        self.saved[annotation_set.pk] = self.saved.get(annotation_set.pk, 0) + 1

    def lead_decides(self) -> None:
        """Return a set now and then, and decide about what was skipped."""
        for skip in selectors.skips_of(self.project).filter(decision="")[:2]:
            decision = self.chance.choice([SkipDecision.DISMISSED, SkipDecision.EXCLUDED])
            services.decide_skip(skip, decision, by=self.lead, now=self.now)
        submitted = AnnotationSet.objects.filter(lifecycle.submitted_sets(), annotator__in=self.people)
        keys = list(submitted.order_by("id").values_list("pk", flat=True))
        if keys and self.chance.random() < 0.3:
            chosen = submitted.select_related("document__project", "annotator").get(pk=self.chance.choice(keys))
            services.return_set(chosen, note="Look again.", by=self.lead, now=self.now)

    def split_a_label(self) -> None:
        """Publish another schema, and move all work to it while annotators have documents open."""
        before = self.project.schema_versions.latest("number")
        after = publish_schema(self.project, {"labels": AFTER}, by=self.lead, now=self.now)
        migration = relabelling.create_migration(
            self.project, source=before, target=after, definition={"labels": SPLIT}, by=self.lead, now=self.now
        )
        for action in ("preview", "run"):
            job = relabelling.start_job(migration, action=action, by=self.lead, now=self.now, own_process=True)
            assert jobs.run_here(job).state == "done"
        left = Span.objects.filter(annotation_set__document__project=self.project, label="Claim")
        assert not left.exists(), "a span was not moved"
        self.split = migration.sets.count()

    def measure(self) -> object:
        """Measure agreement, and return the figures of all labels."""
        report = agreement.start_report(self.project, started_by=self.lead, now=self.now, own_process=True)
        assert report.job is not None
        assert jobs.run_here(report.job).state == "done"
        report.refresh_from_db()
        assert report.result is not None
        return report.result["labels"], report.result["documents"]

    def exclude_the_bad_annotator(self) -> None:
        """Exclude all work of one person, and replace them."""
        if self.bad is not None and AnnotationSet.objects.filter(annotator=self.bad).exists():
            person = exclusions.Person(self.bad.get_username(), SetKind.ANNOTATOR)
            services.exclude_work(self.project, person, reason="Random clicks", by=self.lead, now=self.now)

    def check(self) -> None:
        """Prove what must hold at any time."""
        self.check_slots()
        self.check_tallies()
        sets = AnnotationSet.objects.filter(document__project=self.project)
        logged = dict(
            Change.objects.filter(annotation_set__in=sets)
            .exclude(change_id__startswith="migration-")
            .values_list("annotation_set")
            .annotate(n=Count("id"))
        )
        assert {key: count for key, count in self.saved.items() if logged.get(key) != count} == {}, "work was lost"
        measured = set(sets_in_scope(self.project).values_list("pk", flat=True))
        assert measured == set(sets_to_export(self.project, sets=Sets.EACH).values_list("pk", flat=True))
        assert not sets.filter(pk__in=measured).exclude(state__in=lifecycle.FINISHED_STATES).exists()
        in_force = Exclusion.objects.filter(lifted_at=None)
        covered = Q(document__in=in_force.values("document")) | Q(annotator__username__in=in_force.values("person"))
        assert set(sets.filter(covered).values_list("pk")) == set(sets.filter(is_excluded=True).values_list("pk"))

    def check_slots(self) -> None:
        """Prove that slots are counted right, below the limit, and not lost."""
        limit = Coalesce("plan__round__annotators_per_document", "project__annotators_per_document")
        held = Count("assignments", filter=Q(assignments__slot__isnull=False))
        documents = Document.objects.filter(project=self.project).annotate(held=held, limit=limit)
        assert not documents.filter(held__gt=F("limit")).exists(), "a document has too many annotators"
        assert not documents.exclude(plan=None).exclude(plan__taken=F("held")).exists(), "slots are miscounted"
        without = Assignment.objects.filter(slot=None, annotation_set__is_excluded=False)
        assert not without.exclude(annotation_set__state=SetState.UNFINISHED).exists(), "a set lost its slot"

    def check_tallies(self) -> None:
        """Prove that the tallies of the overview, brought up to date, are what counting all sets gives."""
        while tallies.count_sets(self.project):
            pass
        submitted = AnnotationSet.objects.filter(lifecycle.submitted_sets(), document__project=self.project)
        by_person = dict(submitted.order_by().values_list("annotator__username").annotate(count=Count("id")))
        counted: dict[str, int] = {}
        for row in person_weeks(self.project):
            counted[row.name] = counted.get(row.name, 0) + row.sets
        assert counted == by_person, "the tallies of people are wrong"
        sets = Count("annotation_sets", filter=lifecycle.submitted_sets("annotation_sets__"))
        plans = Document.objects.filter(project=self.project).exclude(plan=None).annotate(counted=sets)
        assert not plans.exclude(plan__submitted=F("counted")).exists(), "the tallies of documents are wrong"

    def check_no_document_was_free(self, user: User) -> None:
        """Prove that a person who was refused could not have been given any document."""
        if exclusions.is_person_excluded(self.project, user):
            return
        documents = Document.objects.filter(project=self.project, is_excluded=False)
        documents = documents.exclude(annotation_sets__annotator=user).exclude(skips__annotator=user)
        documents = documents.filter(plan__round__isnull=True) | documents.filter(plan__round__members=None)
        limit = Coalesce("plan__round__annotators_per_document", "project__annotators_per_document")
        free = documents.annotate(limit=limit).filter(plan__taken__lt=F("limit"))
        assert not free.exists(), f"{user} starves although {free.first()} is free"

    def figures(self) -> dict[str, int]:
        """Return what happened, so that a test can prove that something did."""
        sets = AnnotationSet.objects.filter(document__project=self.project)
        return {
            "submitted": sets.filter(lifecycle.submitted_sets()).count(),
            "unfinished": sets.filter(state=SetState.UNFINISHED).count(),
            "excluded": sets.filter(is_excluded=True).count(),
            "skips": Skip.objects.filter(document__project=self.project).count(),
            "rounds": Round.objects.filter(project=self.project).count(),
            "refused": self.refused,
            "split": self.split,
        }
