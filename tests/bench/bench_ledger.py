"""The ledger: pairing of 100,000 claims, the ledger of 10,000 documents, one more document, its page; the registry."""

import bisect
import itertools
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.figures import Figure, at_least, at_most, noted, report
from tests.bench.people import PASSWORD, PROJECT, set_up
from tests.bench.site import new_site

DOCUMENTS, CLAIMS_A_DOCUMENT = 10_000, 10
VOCABULARY = 30_000
FEWEST_WORDS, MOST_WORDS = 6, 20
PLANTED_SHARE = 0.05
DROPPED_SHARE = 0.3
PAGES = 7
ENTRIES, MENTIONS = 20_000, 500


class PlantedClaims:
    """Claims of words with the frequencies of a language; some say an earlier claim again with words left out."""

    def __init__(self) -> None:
        self.random = random.Random(1)
        self.cumulated = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))
        self.texts: list[str] = []
        self.planted: list[tuple[int, int]] = []

    def make(self) -> str:
        """Return the next claim."""
        if self.texts and self.random.random() < PLANTED_SHARE:
            earlier = self.random.randrange(len(self.texts))
            words = [word for word in self.texts[earlier].split() if self.random.random() >= DROPPED_SHARE]
            self.planted.append((earlier, len(self.texts)))
            text = " ".join(words) or "nothing"
        else:
            count = self.random.randint(FEWEST_WORDS, MOST_WORDS)
            text = " ".join(self._word() for _ in range(count))
        self.texts.append(text)
        return text

    def _word(self) -> str:
        return f"w{bisect.bisect(self.cumulated, self.random.random() * self.cumulated[-1])}"


def measure() -> Sequence[Figure]:
    """Pair claims in memory, then make the ledger of a project by command, and open its page."""
    return [*_pairing(), *_whole()]


def _pairing() -> Iterator[Figure]:
    from annotator.ledger.reading.pairing import Claims, claim_words, find_pairs

    claims = PlantedClaims()
    for _ in range(DOCUMENTS * CLAIMS_A_DOCUMENT):
        claims.make()
    seconds = []
    for count in (len(claims.texts) // 2, len(claims.texts)):
        began = time.process_time()
        pairs = find_pairs(Claims.of_packed([claim_words(text).packed() for text in claims.texts[:count]]))
        seconds.append(time.process_time() - began)
    found = {(pair.first, pair.second) for pair in pairs}
    yield at_most(f"pairing of {len(claims.texts):,} claims, with their words", seconds[1], "s", 10)
    yield at_most("growth when the claims double", seconds[1] / seconds[0], "×", 2.5)
    share = 100 * sum(pair in found for pair in claims.planted) / len(claims.planted)
    yield at_least("planted paraphrases found, 30 % of words left out", share, "%", 70)
    yield at_most("pairs a claim", len(pairs) / len(claims.texts), "", 0.2)


def _whole() -> Iterator[Figure]:
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("collectstatic", "--noinput", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        _write(site.folder / "corpus.jsonl")
        site.command("import_documents", PROJECT, str(site.folder / "corpus.jsonl"))
        start = site.command("update_ledger", "--help")
        whole = site.command("update_ledger", PROJECT)
        set_up(site)
        what = f"ledger of {DOCUMENTS:,} documents, {DOCUMENTS * CLAIMS_A_DOCUMENT:,} claims"
        yield at_most(f"{what}, whole command", whole.cpu_seconds, "s", 30)
        yield at_most(f"{what}: peak memory", whole.peak_megabytes, "MB", 300)
        _after_one_change()  # a worker that runs has loaded its modules
        yield at_most("ledger after one more document, in a running worker", _after_one_change(), "s", 1)
        yield noted("of a command, start-up alone", start.cpu_seconds, "s")
        yield at_most("page of the ledger", _pages(), "ms", 200)
        yield from _registry()


def _write(path: Path) -> None:
    claims = PlantedClaims()
    with path.open("w", encoding="utf-8") as file:
        for number in range(DOCUMENTS):
            text, spans, relations = "", [], []
            for index in range(CLAIMS_A_DOCUMENT):
                speaker, claim = f"Speaker{claims.random.randrange(500)}", claims.make()
                text += f"{speaker} said "
                begin = len(text)
                text += f"{claim}. "
                spans += [
                    _span(f"s{index}", "Speaker", begin - len(speaker) - 6, begin - 6, {"canonical": speaker}),
                    _span(
                        f"c{index}", "Claim", begin, begin + len(claim), {"voice": "speaker", "quote_type": "direct"}
                    ),
                ]
                relations.append({"id": f"r{index}", "label": "attributed-to", "from": f"c{index}", "to": f"s{index}"})
            sets = {"adjudicated": {"spans": spans, "relations": relations}}
            file.write(json.dumps({"id": f"ledger-{number:06}", "text": text, "annotators": sets}) + "\n")


def _span(name: str, label: str, start: int, end: int, attributes: dict[str, str]) -> dict[str, object]:
    return {"id": name, "label": label, "fragments": [[start, end]], "attributes": attributes}


def _after_one_change() -> float:
    from django.utils import timezone

    from annotator.corpus.spans.models import AnnotationSet
    from annotator.ledger import services
    from annotator.platform.jobs import services as jobs
    from projects.models import Project

    changed = AnnotationSet.objects.order_by("id")[0]
    AnnotationSet.objects.filter(pk=changed.pk).update(revision=changed.revision + 1)
    job = services.start_update(
        Project.objects.get(), view="adjudicated", started_by=None, now=timezone.now(), own_process=True
    )
    began = time.process_time()
    done = jobs.run_here(job)
    if (done.result or {}).get("read") != 1:
        raise RuntimeError(f"One document was to be read again: {done.result}, {done.problem}")
    return time.process_time() - began


def _registry() -> Iterator[Figure]:
    from django.utils import timezone

    from annotator.corpus.speakers import files, selectors
    from projects.models import Project

    project, now = Project.objects.get(), timezone.now()
    rows = [{"name": f"Given{number % 300} Family{number}", "kind": "person"} for number in range(ENTRIES)]
    began = time.process_time()
    files.apply_import(project, files.plan_import(project, rows), by=None, now=now)
    yield noted(f"import of {ENTRIES:,} entries into the speaker registry", time.process_time() - began, "s")
    times = []
    for number in range(MENTIONS):
        words = ("Mr Family%d", "spokesman Given7 Family%d", "GivenFamily%d")[number % 3] % (number * 37 % ENTRIES)
        began = time.process_time()
        selectors.resolve_mention(project, words)
        times.append(1000 * (time.process_time() - began))
    yield at_most(f"resolving a mention, {ENTRIES:,} entries", times[10:], "ms", 2)


def _pages() -> list[float]:
    from django.test import Client

    from annotator.platform.accounts.models import User
    from projects.models import Membership, Project

    project = Project.objects.get()
    lead = User.objects.create_user("lead", password=PASSWORD)
    Membership.objects.create(project=project, user=lead, role="lead", joined_at=project.created_at)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    times = []
    for _ in range(PAGES):
        began = time.process_time()
        page = client.get(f"/projects/{PROJECT}/ledger/")
        times.append(1000 * (time.process_time() - began))
        if page.status_code != 200:
            raise RuntimeError(f"The page answered {page.status_code}.")
    return times[2:]


if __name__ == "__main__":
    report("Ledger", measure)
