"""Agreement reports of a large project: complete, updated after one more submission, and as pages."""

import http.client
import time
from collections.abc import Sequence
from typing import Any

from tests.bench.agreement_corpus import ANNOTATORS, write_corpus
from tests.bench.client import Client
from tests.bench.corpus import ATTRIBUTES
from tests.bench.figures import Figure, at_most, noted
from tests.bench.people import PASSWORD, PROJECT, add_annotators, set_up
from tests.bench.processes import Measurement, tree_cpu_seconds
from tests.bench.site import Site, new_site

DOCUMENTS = 10_000
SUBMISSIONS = 3
PAGES = 10
SPANS_SUBMITTED = 30


def figures() -> list[Figure]:
    """Import once, measure the whole project, then alternate submissions and reports, then open pages."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        corpus = site.folder / "corpus.jsonl"
        spans = write_corpus(corpus, documents=DOCUMENTS)
        site.command("import_documents", PROJECT, str(corpus))
        whole = site.command("measure_agreement", PROJECT)
        set_up(site)
        with site.running("serve") as (process_id, _):
            updates = _reports_after_submissions(site)
            cold = site.command("measure_agreement", PROJECT)
            pages = _pages(site, process_id)
        return [*_whole_figures(whole, spans), *_update_figures(updates, cold), *pages]


def _whole_figures(whole: Measurement, spans: int) -> list[Figure]:
    what = f"report of {DOCUMENTS:,} documents × {len(ANNOTATORS)}"
    return [
        noted("spans in the project", spans, ""),
        at_most(f"{what}, as a command with start-up", whole.cpu_seconds, "s", 20),
        at_most(f"{what}: peak memory", whole.peak_megabytes, "MB", 250),
    ]


def _update_figures(updates: Sequence[float], cold: Measurement) -> list[Figure]:
    return [
        # The first report loads modules that a worker has loaded since its own first report.
        at_most("report after one more submission, in a worker", updates[1:], "s", 2),
        noted("report when nothing has changed, as a command with start-up", cold.cpu_seconds, "s"),
    ]


def _reports_after_submissions(site: Site) -> list[float]:
    """Return the CPU seconds of the job after the first submission of each new annotator."""
    seconds = []
    for person in add_annotators(SUBMISSIONS + len(ANNOTATORS))[:SUBMISSIONS]:
        client = Client(site, person)
        client.open()
        client.save_spans([_span(number) for number in range(SPANS_SUBMITTED)])
        client.submit()
        seconds.append(_seconds_of_report())
    return seconds


def _span(number: int) -> dict[str, Any]:
    return {"label": "Claim", "fragments": [[40 * number, 40 * number + 30]], "attributes": ATTRIBUTES["Claim"]}


def _seconds_of_report() -> float:
    from django.utils import timezone

    from annotator.agreement import services
    from annotator.platform.jobs import services as jobs
    from projects.models import Project

    began = time.process_time()
    project = Project.objects.get(slug=PROJECT)
    report = services.start_report(project, started_by=None, now=timezone.now(), own_process=True)
    job = jobs.run_here(services.job_of(report))
    if job.state != "done":
        raise RuntimeError(f"The report failed: {job.problem}")
    return time.process_time() - began


def _pages(site: Site, process_id: int) -> list[Figure]:
    """Measure the server CPU of pages that a lead opens."""
    from annotator.agreement.models import AgreementReport, Disagreement

    report = AgreementReport.objects.filter(measured_at__isnull=False).latest("id")
    rows = Disagreement.objects.filter(measurement__agreements__report=report).count()
    cookie, address = _sign_in(), f"/projects/{PROJECT}/agreement/{report.pk}/"
    title = f"list of {rows:,} disagreements"
    return [
        at_most(what, _milliseconds(site, process_id, path, cookie), "ms", 200)
        for what, path in (
            ("page of the report, once stored", address),
            (f"{title}, first screen", f"{address}disagreements/"),
            (f"{title}, one type and label", f"{address}disagreements/?kind=label&label=Denial"),
            (f"{title}, worst documents first", f"{address}disagreements/?order=worst"),
        )
    ]


def _sign_in() -> str:
    """Return the session cookie of a new lead."""
    from django.conf import settings
    from django.test import Client as Browser
    from django.utils import timezone

    from annotator.platform.accounts.models import User
    from projects.models import Membership, Project
    from projects.roles import Role

    lead = User.objects.create_user("lead-of-bench", password=PASSWORD)
    project = Project.objects.get(slug=PROJECT)
    Membership.objects.create(project=project, user=lead, role=Role.LEAD, joined_at=timezone.now())
    browser = Browser()
    browser.force_login(lead)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={browser.cookies[name].value}"


def _milliseconds(site: Site, process_id: int, path: str, cookie: str) -> float:
    """Return the mean server CPU of a response, the first one left out."""
    _get(site, path, cookie)
    began = tree_cpu_seconds(process_id)
    for _ in range(PAGES):
        _get(site, path, cookie)
    return 1000 * (tree_cpu_seconds(process_id) - began) / PAGES


def _get(site: Site, path: str, cookie: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    connection.request("GET", path, headers={"Cookie": cookie})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    if response.status != http.HTTPStatus.OK:
        raise RuntimeError(f"GET {path}: {response.status} {content[:300].decode(errors='replace')}")
