"""Fixtures for all tests: users in their roles, a project, documents and annotation sets."""

import gc
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
import pytest_django
from django.conf import settings
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from rest_framework.test import APIClient

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, SetKind, Span
from annotator.platform.accounts.models import User
from annotator.workload.assignments.selectors.plan_copies import forget_copies
from projects.models import GuidelineVersion, Membership, Project, SchemaVersion
from projects.roles import Role
from tests import emptying
from tests.examples import examples
from tests.template import migrated_database

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
SCHEMA = json.loads((settings.BASE_DIR / "projects/builtin/claims-attribution/schema.json").read_text("utf-8"))

# Modules that take longest come first, so that no worker is left alone with one at the end.
LONGEST = (
    *("tests/stores/test_backup.py", "tests/stores/test_serve.py", "tests/stores/test_workers.py"),
    *("tests/stores/test_saving.py", "tests/stores/test_imports.py", "tests/stores/test_nginx.py"),
    *("tests/browser/test_killed_server.py", "tests/browser/test_tour.py", "tests/browser/test_journey.py"),
    *("tests/browser/adjudication/test_desk.py", "tests/browser/test_pages_of_leads.py"),
    *("tests/browser/editor/test_page.py", "tests/browser/projects/test_joining.py"),
    *("tests/upgrade/test_database.py", "tests/api/test_every_answer.py", "tests/api/test_every_route.py"),
)

# The time of an example depends on the machine more than on the code.
hypothesis_settings.register_profile(
    "annotator", max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("annotator")
emptying.install()
# What is imported and collected is no garbage: searches for cycles in it take a second of each process.
gc.disable()

MakeUser = Callable[..., User]
MakeProject = Callable[..., Project]
MakeDocument = Callable[..., Document]
MakeSet = Callable[..., AnnotationSet]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first; all others keep their order."""
    places = {path: place for place, path in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONGEST)))


def pytest_collection_finish() -> None:
    """Search for cycles again, in what the tests make."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: pytest_django.DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Create the database of this process, as pytest-django does, but with all migrations only once."""
    with django_db_blocker.unblock(), migrated_database():
        verbosity = request.config.option.verbose
        databases = setup_databases(verbosity, interactive=False, aliases={"default": True}, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        teardown_databases(databases, verbosity)


@pytest.fixture(autouse=True)
def _forget_plan_copies() -> None:
    """Forget the plans of the projects of other tests, whose keys projects of this one may have."""
    forget_copies()


@pytest.fixture
def now() -> datetime:
    """A fixed moment."""
    return NOW


@pytest.fixture
def make_user(db: None) -> MakeUser:
    """Return a function that makes a user with the password `PASSWORD`."""

    def make(name: str, **fields: Any) -> User:
        return User.objects.create_user(name, password=PASSWORD, **fields)

    return make


@pytest.fixture
def make_project(make_user: MakeUser) -> MakeProject:
    """Return a function that makes a project with a schema, guidelines and optional members."""

    def make(slug: str = "news", *, members: dict[User, Role] | None = None, **fields: Any) -> Project:
        fields = {"name": slug.title(), "seed": "seed", "created_at": NOW} | fields
        project = Project.objects.create(slug=slug, **fields)
        digest = hashlib.sha256(slug.encode()).hexdigest()
        SchemaVersion.objects.create(project=project, number=1, definition=SCHEMA, sha256=digest, created_at=NOW)
        GuidelineVersion.objects.create(project=project, number=1, text="# Rules", sha256=digest, created_at=NOW)
        for user, role in (members or {}).items():
            Membership.objects.create(project=project, user=user, role=role, joined_at=NOW)
        return project

    return make


@pytest.fixture
def lead(make_user: MakeUser) -> User:
    """The lead of `project`."""
    return make_user("lena")


@pytest.fixture
def ada(make_user: MakeUser) -> User:
    """An annotator of `project`."""
    return make_user("ada")


@pytest.fixture
def ben(make_user: MakeUser) -> User:
    """Another annotator of `project`."""
    return make_user("ben")


@pytest.fixture
def viewer(make_user: MakeUser) -> User:
    """A viewer of `project`."""
    return make_user("vera")


@pytest.fixture
def stranger(make_user: MakeUser, make_project: MakeProject) -> User:
    """The lead of another project, not a member of `project`."""
    user = make_user("sam")
    make_project("elsewhere", members={user: Role.LEAD})
    return user


@pytest.fixture
def project(make_project: MakeProject, lead: User, ada: User, ben: User, viewer: User) -> Project:
    """A project with a lead, two annotators and a viewer."""
    members = {lead: Role.LEAD, ada: Role.ANNOTATOR, ben: Role.ANNOTATOR, viewer: Role.VIEWER}
    return make_project("news", members=members)


@pytest.fixture
def make_document(project: Project) -> MakeDocument:
    """Return a function that stores a document in `project`, or in another one."""
    numbers = count(1)

    def make(text: str = "Ada said it rained.\n", **fields: Any) -> Document:
        number = next(numbers)
        values = {
            "project": project,
            "external_id": f"document-{number}",
            "title": f"Document {number}",
            "text": text,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "length": len(text),
            "position": number,
            "shuffle_key": number,
            "created_at": NOW,
        }
        return Document.objects.create(**(values | fields))

    return make


@pytest.fixture
def make_set() -> MakeSet:
    """Return a function that stores an annotation set with spans (rows only, without a change log)."""

    def make(document: Document, author: User | str, spans: list[dict[str, Any]] = (), **fields: Any) -> AnnotationSet:  # type: ignore[assignment]
        user = author if isinstance(author, User) else None
        values = {
            "kind": SetKind.ANNOTATOR if user else SetKind.IMPORTED,
            "annotator": user,
            "name": user.username if user else author,
            "schema_version": document.project.schema_versions.get(number=1),
            "guideline_version": document.project.guideline_versions.get(number=1),
            "created_at": NOW,
            "changed_at": NOW,
        }
        annotation_set = AnnotationSet.objects.create(document=document, **(values | fields))
        Span.objects.bulk_create(_span_row(annotation_set, span) for span in spans)
        return annotation_set

    return make


def _span_row(annotation_set: AnnotationSet, span: dict[str, Any]) -> Span:
    fragments = span["fragments"]
    return Span(
        annotation_set=annotation_set,
        uid=span["id"],
        label=span["label"],
        start=fragments[0][0],
        end=fragments[-1][1],
        fragments=fragments if len(fragments) > 1 else None,
        attributes=span["attributes"],
    )


@pytest.fixture
def api() -> Callable[[User | None], APIClient]:
    """Return a function that makes an API client for a user, or an anonymous one."""

    def make(user: User | None = None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return make


@pytest.fixture
def page() -> Callable[[User | None], Client]:
    """Return a function that makes a Django test client for a user, or an anonymous one."""

    def make(user: User | None = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
