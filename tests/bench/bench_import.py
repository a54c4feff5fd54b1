"""Import of 100,000 documents of 300 words with 20 spans each while annotators save, on SQLite."""

import threading
from collections.abc import Sequence

from tests.bench.client import Client
from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_least, at_most, noted, report
from tests.bench.people import PROJECT, add_annotators, set_up
from tests.bench.processes import Measurement
from tests.bench.site import Site, new_site

DOCUMENTS, WORDS, SPANS = 100_000, 300, 20
CLIENTS = 4
PAUSE = 0.25
WORDS_OF_OWN = 1_500


def measure() -> Sequence[Figure]:
    """Import while each annotator saves four times a second on the same other document."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        own, source = site.folder / "own.jsonl", site.folder / "corpus.jsonl"
        write_corpus(own, documents=1, words=WORDS_OF_OWN, spans=1, seed=2)
        own.write_text(own.read_text("utf-8").replace("bench-000000", "own"), "utf-8")
        site.command("import_documents", PROJECT, str(own))
        write_corpus(source, documents=DOCUMENTS, words=WORDS, spans=SPANS)
        set_up(site)
        clients = [Client(site, person) for person in add_annotators(CLIENTS)]
        with site.running("serve"):
            for client in clients:
                client.open()
                client.save(5)  # the first saves also load modules
                client.milliseconds.clear()
            imported = _import_while_saving(site, clients, str(source))
            stored = sum(client.count_spans() for client in clients)
    saves = sorted(duration for client in clients for duration in client.milliseconds)
    failed = [error for client in clients for error in client.errors]
    return [
        at_most(f"CPU of the import of {DOCUMENTS:,} documents", imported.cpu_seconds, "s", 60),
        noted("the same, wall-clock time", imported.wall_seconds, "s"),
        at_most("peak memory of the import", imported.peak_megabytes, "MB", 250),
        at_most(f"95 % of {len(saves):,} saves during the import take at most", _percentile(saves, 0.95), "ms", 500),
        noted("50 % of them take at most", _percentile(saves, 0.5), "ms"),
        noted("the slowest save", saves[-1], "ms"),
        at_most("saves that failed", len(failed), "", 0),
        at_least("spans stored for every save", stored / (len(saves) - len(failed) + 5 * CLIENTS), "", 1),
    ]


def _import_while_saving(site: Site, clients: Sequence[Client], source: str) -> Measurement:
    ended = threading.Event()
    threads = [threading.Thread(target=_save_until, args=(client, ended)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        return site.command("import_documents", PROJECT, source)
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _save_until(client: Client, ended: threading.Event) -> None:
    while not ended.wait(PAUSE):
        client.save(1)


def _percentile(milliseconds: Sequence[float], share: float) -> float:
    return milliseconds[min(int(share * len(milliseconds)), len(milliseconds) - 1)]


if __name__ == "__main__":
    report(f"Import of {DOCUMENTS:,} documents, {WORDS} words, {SPANS} spans each, while annotators save", measure)
