"""A label migration of 200,000 spans, a tenth of the largest project: rename, merge, split by attribute; undo."""

import json
from collections.abc import Sequence
from typing import Any

from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PROJECT, set_up
from tests.bench.site import new_site

DOCUMENTS, SPANS = 10_000, 20
MAPPING = {
    "labels": {
        "Speaker": "Source",
        "Cue": {"drop": True},
        "Hedge": {"to": "Denial", "set": {"form": "performed"}},
        "Claim": {"split": "kind", "values": {"fact": "Fact"}, "otherwise": "Statement"},
    },
    "relations": {},
}


def measure() -> Sequence[Figure]:
    """Import a corpus, publish another schema, then preview, carry out and undo a migration by command."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        corpus, mapping = site.folder / "corpus.jsonl", site.folder / "mapping.json"
        write_corpus(corpus, documents=DOCUMENTS, words=200, spans=SPANS)
        site.command("import_documents", PROJECT, str(corpus))
        set_up(site)
        from projects.models import Project

        relations = publish_second_version(Project.objects.get())
        mapping.write_text(json.dumps(MAPPING | {"relations": relations}), "utf-8")
        start = site.command("migrate_labels", "--help").cpu_seconds
        versions = ("migrate_labels", PROJECT, "--from", "1", "--to", "2", "--mapping", str(mapping), "--json")
        preview, run = site.command(*versions), site.command(*versions, "--run")
        undo = site.command("migrate_labels", PROJECT, "--undo", "2")
        what = f"of {DOCUMENTS * SPANS:,} spans"
        return [
            at_most(f"preview {what}", preview.cpu_seconds - start, "s", 3),
            at_most(f"preview and migration {what}", run.cpu_seconds - start, "s", 6),
            noted(f"undo of the migration {what}", undo.cpu_seconds - start, "s"),
            at_most("peak memory of the migration", run.peak_megabytes, "MB", 250),
            noted("of a command, start-up alone", start, "s"),
        ]


def publish_second_version(project: Any) -> dict[str, object]:
    """Publish a version for `MAPPING`; return the rules for relations, none of which is used."""
    from django.utils import timezone

    from projects.selectors import current_schema
    from projects.services import publish_schema

    definition = json.loads(json.dumps(current_schema(project).definition))
    labels = {label["id"]: label for label in definition["labels"]}
    plain = [attribute for attribute in labels["Claim"]["attributes"] if attribute["id"] != "kind"]
    new = [
        {"id": "Source", "attributes": labels["Speaker"]["attributes"]},
        {"id": "Fact", "attributes": plain},
        {"id": "Statement", "attributes": labels["Claim"]["attributes"]},
        {"id": "Denial", "attributes": labels["Denial"]["attributes"]},
    ]
    rules: dict[str, object] = {relation["id"]: {"drop": True} for relation in definition["relations"]}
    publish_schema(project, {"labels": new}, by=None, now=timezone.now())
    return rules


if __name__ == "__main__":
    report("Label migrations", measure)
