"""Twenty thousand generated requests to the API, as lead, adjudicator and annotator, with real ids: none fails.

The operations come from the OpenAPI description. `API_CASES` sets another number of requests, `API_SEED` other ones.
"""

import os
import random
from collections import Counter
from datetime import datetime

import pytest
import schemathesis
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from annotator.platform.accounts.models import User
from annotator.platform.accounts.services import create_token
from projects.models import Membership, Project
from projects.roles import Role
from tests.api.world import World, make_world
from tests.conftest import MakeDocument, MakeSet

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]

CASES = int(os.environ.get("API_CASES", "20000"))
SEED = os.environ.get("API_SEED", "")
ROLES = ("lead", "adjudicator", "annotator")
# It would sign its own program out.
EXCLUDED = "/api/v1/tokens/{token_id}/"
REAL_IDS = 0.7


@pytest.fixture
def world(
    project: Project,
    lead: User,
    ada: User,
    ben: User,
    stranger: User,
    make_document: MakeDocument,
    make_set: MakeSet,
    now: datetime,
) -> World:
    """A project with an object for every route."""
    people = {"lead": lead, "ada": ada, "ben": ben, "stranger": stranger}
    return make_world(project, people, make_document, make_set, now)


def test_no_generated_request_fails(world: World, now: datetime) -> None:
    settings.ALLOWED_HOSTS.append("*")
    adjudicator = User.objects.create_user("judith")
    Membership.objects.create(project=world.project, user=adjudicator, role=Role.ADJUDICATOR, joined_at=now)
    users = {"lead": world.lead, "adjudicator": adjudicator, "annotator": world.ada}
    secrets = {role: create_token(user, name="cases", now=now)[1] for role, user in users.items()}
    schema = schemathesis.openapi.from_wsgi("/api/schema/", complete_responses(get_wsgi_application()))
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    operations = [operation for operation in found if operation.path != EXCLUDED]
    each = max(CASES // (len(operations) * len(ROLES) * len(GenerationMode)), 1)
    failed: dict[str, str] = {}
    statuses: Counter[int] = Counter()

    for operation in operations:
        for role in ROLES:
            for mode in GenerationMode:
                try:
                    _run(operation, mode, secrets[role], world.parameters, each, failed, statuses)
                except Exception as error:  # an operation for which nothing can be generated
                    if "Unsatisfiable" not in type(error).__name__:
                        raise

    print(sum(statuses.values()), "requests:", dict(statuses.most_common()))
    assert failed == {}
    assert sum(statuses.values()) > CASES // 2


def complete_responses(application):
    """Return an application whose responses are read and closed at once: the client does not close downloads."""

    def respond(environ, start_response):
        response = application(environ, start_response)
        try:
            return [b"".join(response)]
        finally:
            response.close()

    return respond


def _run(operation, mode, secret, parameters, each, failed, statuses):
    chooser = random.Random(f"{operation.label}{mode}{SEED}")
    choose = seed(int(SEED)) if SEED else lambda test: test

    @choose
    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=each,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=not SEED,
    )
    def send(case):
        for name in case.path_parameters or {}:
            if name in parameters and chooser.random() < REAL_IDS:
                case.path_parameters[name] = parameters[name]
        try:
            response = case.call(headers={"Authorization": f"Bearer {secret}"})
        except Exception as error:  # noqa: BLE001 - a streamed response that breaks off, or a request that cannot be sent
            failed.setdefault(f"{operation.label}: {type(error).__name__}", str(error)[:500])
            return
        statuses[response.status_code] += 1
        if response.status_code >= 500:
            failed.setdefault(f"{operation.label} {response.status_code}", f"{case.query} {case.body!r}"[:1000])

    send()
