"""The answers of the site on the database of 00811ce, printed as JSON by that commit and by any later one.

First it reads everything, then it continues everything: queued jobs, exports, releases, adjudications, annotation sets.
"""

import csv
import gzip
import hashlib
import io
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.upgrade import story
from tests.upgrade.client import API, Person, content_of, open_site, run_command, run_job

DATA = Path(__file__).with_name("data")
WIRE = Path(__file__).with_name("wire.json")
KNOWN = json.loads(DATA.joinpath("known.json").read_text("utf-8"))
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?")
TASK_ID = re.compile(rb'\{"id":\d+,("(?:data|result)":)')
QUERIES = {"agreement:against": "?with=1", "releases:compare": "?first=1&second=2"}
# Members and files with sentences for people: their words may change.
PROSE = {"summary", "url_text", "detail", "message", "description", "columns", "rows"}
PROSE_OF_JOBS = {"title"}
PROSE_FILES = ("patterns.md",)
LONGEST_TEXT = 40_000
EXPORTS: list[dict[str, Any]] = [
    {"view": "each"},
    {"view": "adjudicated"},
    {"view": "consensus"},
    {"view": "all"},
    {"view": "all", "layout": "set", "pseudonyms": True},
    {"view": "each", "labels": ["Claim", "Speaker"], "attributes": [], "notes": False, "negatives": False},
    {"view": "each", "window": 1, "discontinuous": "parts", "nested": "outer", "quotation_marks": "in"},
    *(
        {"view": "each", "format": name}
        for name in ("brat", "doccano", "label-studio", "conll", "prodigy", "web-annotation", "webanno", "csv", "tsv")
    ),
    *({"view": "adjudicated", "format": name} for name in ("huggingface", "spacy", "uima", "conll", "csv")),
    *(
        {"view": "consensus", "format": name, "window": 1}
        for name in ("span-ner", "token-tagging", "sentence-classification", "seq2seq", "chat")
    ),
    {"view": "consensus", "format": "relation-pairs"},
    {"view": "each", "format": "soft-labels"},
    {"view": "each", "format": "chat", "guideline": True},
    {"view": "each", "format": "relation-pairs", "pair_sentences": 2},
]
WHARF_EXPORTS = [{"view": view} for view in ("each", "adjudicated", "consensus", "all")]


def main() -> None:
    """Open the database in a temporary folder, migrate it, and print all answers."""
    with TemporaryDirectory() as parent:
        folder = Path(parent, "site")
        restore(folder)
        open_site(folder, at=datetime.fromisoformat(KNOWN["made at"]) + timedelta(hours=1))
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        people = {name: Person(name) for name in story.PEOPLE}
        print(json.dumps(answers(people), ensure_ascii=False, indent=1))


def restore(folder: Path) -> None:
    """Restore the database and the files of the site in a folder."""
    shutil.copytree(DATA / "site", folder)
    database = sqlite3.connect(folder / "annotator.sqlite3")
    database.executescript(gzip.decompress(DATA.joinpath("database.sql.gz").read_bytes()).decode())
    database.close()


def answers(people: dict[str, Person]) -> dict[str, Any]:
    lead, ada = people["lead"], people["ada"]
    return {
        "people": sign_in(ada),
        "harbour": dict(answers_to_reading(lead, "harbour")),
        "harbour as ada": {path: answer for path, answer in answers_to_reading(ada, "harbour") if is_own(path, answer)},
        "wharf": {path: answer for path, answer in answers_to_reading(lead, "wharf") if isinstance(answer, int)},
        "wharf sets": sets_of_wharf(lead),
        "wharf report": value_of(lead.client.get("/projects/wharf/agreement/5/report.csv")),
        "wharf adjudication": value_of(
            lead.client.get(f"{API}documents/{KNOWN['wharf documents']['buoy']}/adjudication/units/")
        ),
        "logs": {slug: run_command("check_log", slug).endswith("(1)") for slug in ("harbour", "wharf")},
        "waiting jobs": waiting_jobs(lead),
        "exports": dict(new_exports(lead, "harbour", EXPORTS)),
        "wharf exports": dict(new_exports(lead, "wharf", WHARF_EXPORTS)),
        "releases": dict(releases(lead)),
        "new report": new_report(lead),
        "import": continue_import(lead),
        "work": continue_annotating(people["ben"]),
        "adjudication": continue_adjudicating(lead),
    }


def sign_in(ada: Person) -> dict[str, Any]:
    """Return what a password, a token and an invitation that were made before open."""
    from django.test import Client

    visitor = Client(SERVER_NAME="localhost")
    invitation = "/" + KNOWN["invitation"].split("/", 3)[3]
    token = {"Authorization": f"Bearer {KNOWN['token']}"}
    return {
        "token": value_of(visitor.get(f"{API}me/", headers=token)),
        "invitation": visitor.get(invitation).status_code,
        "password": visitor.post("/sign-in/", {"username": "ada", "password": story.PASSWORD}).status_code,
        "preferences": ada.api("get", "me/preferences/"),
    }


def answers_to_reading(person: Person, slug: str) -> Iterator[tuple[str, Any]]:
    """Yield the answer of every route, with the objects of a project as its parameters."""
    values = values_of(person, slug)
    for pattern, name in json.loads(WIRE.read_text("utf-8"))["routes"]:
        names = PARAMETER.findall(pattern)
        if pattern in ("/healthz/ready/", "/api/schema/") or not set(names) <= values.keys():
            continue
        for chosen in product(*(values[parameter] for parameter in names)):
            path = pattern + QUERIES.get(name, "")
            for value in chosen:
                path = PARAMETER.sub(str(value), path, count=1)
            yield path, value_of(person.client.get(path), path)


def is_own(path: str, answer: Any) -> bool:
    """Return whether an answer may differ from the one that the lead gets."""
    return isinstance(answer, int) or "/editor/" in path or path.endswith("/me/")


def values_of(person: Person, slug: str) -> dict[str, list[Any]]:
    """Return the values of each parameter of a route."""
    if slug == "wharf":
        return {
            "slug": ["wharf"],
            "number": [1],
            "report_id": [5],
            "document_id": list(KNOWN["wharf documents"].values()),
        }
    documents, sets = KNOWN["documents"], KNOWN["sets"]
    chosen = ("ferry ada", "ferry adjudicated", "pilot ada", "pilot cleo", "museum desk 1", "storm ben")
    return {
        "slug": [slug],
        "document_id": [documents[name] for name in ("ferry", "pilot", "museum", "quiet")],
        "set_id": [sets[name] for name in chosen],
        "report_id": KNOWN["reports"],
        "number": [1, 2],
        "other_number": [2],
        "export_id": [KNOWN["export"]],
        "preview_id": [KNOWN["preview"]],
        "job_id": [1, 2, 3],
        "unit_id": [1, 2, 13, 14],
    }


def value_of(answer: Any, path: str = "") -> Any:
    """Return the JSON or the file of an answer, or the status of a page."""
    content = content_of(answer)
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if answer.status_code != 200 or kind == "text/html" or path.endswith(PROSE_FILES):
        return answer.status_code
    if kind == "application/json":
        return without_prose(json.loads(content), PROSE | PROSE_OF_JOBS if "/jobs/" in path else PROSE)
    return as_file(content)


def as_file(content: bytes) -> dict[str, Any]:
    """Return the digest of a file, with its lines when it is a short text."""
    digest = hashlib.sha256(content).hexdigest()
    if len(content) > LONGEST_TEXT or content.startswith(b"PK"):
        return {"sha256": digest, "size": len(content)}
    return {"sha256": digest, "lines": content.decode().split("\n")}


def without_prose(value: Any, prose: set[str] = PROSE) -> Any:
    """Return JSON without sentences and without times after the database was made."""
    if isinstance(value, dict):
        return {name: None if name in prose else without_prose(inner, prose) for name, inner in value.items()}
    if isinstance(value, list):
        return [without_prose(inner, prose) for inner in value]
    if isinstance(value, str) and MOMENT.fullmatch(value) and value[:19] > KNOWN["made at"][:19]:
        return "(later)"
    return value


def sets_of_wharf(lead: Person) -> dict[str, str]:
    """Return the state of each set of the project in which unfinished sets were closed."""
    return {
        f"{document} {row['name']}": row["state"]
        for document, key in KNOWN["wharf documents"].items()
        for row in lead.api("get", f"documents/{key}/annotation-sets/")["results"]
    }


def waiting_jobs(lead: Person) -> dict[str, Any]:
    """Run the export and the report that were queued before."""
    export = lead.api("get", f"exports/{KNOWN['queued export']}/")
    report = f"agreement-reports/{KNOWN['queued report']}/"
    jobs = [export["job"], lead.api("get", report)["job"]]
    before = [lead.api("get", f"jobs/{job}/")["state"] for job in jobs]
    for job in jobs:
        run_job(job)
    measure_gamma(lead, report)
    return {
        "before": before,
        "after": [lead.api("get", f"jobs/{job}/")["state"] for job in jobs],
        "export": value_of(lead.client.get(f"{API}exports/{export['id']}/data/")),
        "report": without_prose(lead.api("get", report), PROSE | {"method"}),
    }


def measure_gamma(lead: Person, report: str) -> None:
    """Run the job that measures gamma of a finished report; before, the job of the report did."""
    if job := lead.api("get", report).get("gamma_job"):
        run_job(job)


def new_exports(lead: Person, slug: str, exports: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yield new exports with their manifests."""
    for options in exports:
        made = lead.job("post", f"projects/{slug}/exports/", options)
        here = f"{API}exports/{made['id']}/"
        data = content_of(lead.client.get(f"{here}data/"))
        result = {"data": as_file(data), "manifest": value_of(lead.client.get(f"{here}manifest/"))}
        if data.startswith(b"PK"):
            result["members"] = members_of(data)
        yield json.dumps(options), result


def members_of(archive: bytes) -> dict[str, Any]:
    """Return the digest of each file, and those that tasks of Label Studio have without ids."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        contents = {name: opened.read(name) for name in opened.namelist()}
    if tasks := contents.get("tasks.json"):
        contents["tasks.json without ids"] = TASK_ID.sub(rb"{\1", tasks)
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def releases(lead: Person) -> Iterator[tuple[str, Any]]:
    """Build, verify and download each release; most archives do not exist before."""
    for slug, number in [("wharf", 1), *(("harbour", number) for number in KNOWN["releases"])]:
        here = f"projects/{slug}/releases/{number}/"
        result: dict[str, Any] = {"before": lead.client.get(f"{API}{here}archive/").status_code}
        for step in ("build", "verify"):
            job = lead.job("post", f"{here}{step}/", {})["job"]
            result[step] = lead.api("get", f"jobs/{job}/")["state"]
        archive = content_of(lead.client.get(f"{API}{here}archive/"))
        result |= {"archive": as_file(archive), "members": members_of(archive)}
        yield f"{slug}/{number}", result | {"fails": run_command("verify_release", f"{slug}/{number}").endswith("(1)")}


def new_report(lead: Person) -> dict[str, Any]:
    """Measure agreement now, which reuses the tallies of earlier reports."""
    report = lead.job("post", "projects/harbour/agreement-reports/", {})["id"]
    measure_gamma(lead, f"agreement-reports/{report}/")
    table = content_of(lead.client.get(f"/projects/harbour/agreement/{report}/report.csv")).decode()
    return {"table": [row for row in csv.reader(io.StringIO(table)) if row[0] not in ("report", "setting")]}


def continue_import(lead: Person) -> dict[str, Any]:
    """Import the files of a preview."""
    job = lead.job("post", f"projects/harbour/imports/{KNOWN['preview']}/", {})
    ended = lead.api("get", f"jobs/{job['id']}/")
    return {"state": ended["state"], "documents": len(lead.api("get", "projects/harbour/documents/")["results"])}


def continue_annotating(ben: Person) -> dict[str, Any]:
    """Send a known change again, add one, and submit."""
    here = f"annotation-sets/{KNOWN['sets']['storm ben']}/"
    log = ben.api("get", f"{here}changes/?since=0")
    old = {name: value for name, value in log["changes"][-1].items() if name not in ("revision", "by", "at")}
    span = story.spans_of("storm", "ben")[0] | {"id": "later", "note": "later"}
    new = {"id": "00000000-0000-4000-8000-000000000001", "kind": "add_span", "span": span}
    sha256 = hashlib.sha256(story.TEXTS["storm"].encode()).hexdigest()
    body = {"base_revision": log["revision"], "sha256": sha256, "changes": [old, new]}
    return {
        "saved": ben.api("post", f"{here}changes/", body),
        "submitted": without_prose(ben.api("post", f"{here}submit/", {})),
        "log": ben.api("get", f"{here}changes/?since={log['revision']}")["revision"],
    }


def continue_adjudicating(lead: Person) -> dict[str, Any]:
    """Decide what is open, settle it, and reopen an adjudication that was settled before."""
    here, settled = (f"documents/{KNOWN['documents'][name]}/adjudication/" for name in ("pilot", "ferry"))
    while units := lead.api("get", f"{here}units/?open=true")["units"]:
        unit = min((unit for unit in units if unit["standing"] == "open"), key=lambda unit: unit["id"])
        position = next(number for number, version in enumerate(unit["versions"]) if version)
        body = {"base_revision": lead.api("get", here)["revision"], "unit": unit["id"], "kind": "take"}
        lead.api("post", f"{here}decisions/", body | {"position": position}, expect=201)
    base = {"base_revision": lead.api("get", here)["revision"]}
    return {
        "settled": without_prose(lead.api("post", f"{here}settle/", base)),
        "reopened": without_prose(lead.api("post", f"{settled}reopen/", {})),
        "export": value_of(lead.client.get(f"{API}annotation-sets/{KNOWN['sets']['pilot adjudicated']}/")),
    }


if __name__ == "__main__":
    main()
